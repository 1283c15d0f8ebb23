import { type ReactNode, useEffect, useRef, useState } from 'react'

/** Lets a wide table scroll sideways, and lets the keyboard reach it while it does. */
export function SideScroll({ label, children }: { label: string; children: ReactNode }) {
  const ref = useRef<HTMLDivElement>(null)
  const [isWide, setWide] = useState(false)
  useEffect(() => {
    const element = ref.current
    if (!element) return
    const observer = new ResizeObserver(() => setWide(element.scrollWidth > element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  const reachable = isWide ? { tabIndex: 0, role: 'group', 'aria-label': `${label}, scrolls sideways` } : {}
  return (
    <div ref={ref} style={{ overflowX: 'auto' }} {...reachable}>
      {children}
    </div>
  )
}
