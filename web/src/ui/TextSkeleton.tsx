import { Skeleton } from '@mantine/core'

/** Lines that stand where text will: as many and as high as what they wait for, so that nothing jumps. */
export function TextSkeleton({ lines = 3, height = 34 }: { lines?: number; height?: number }) {
  return (
    <div aria-hidden>
      {Array.from({ length: lines }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines have no identity but their place
        <div key={index} style={{ height, display: 'flex', alignItems: 'center' }}>
          <Skeleton height={10} width={`${90 - ((index * 17) % 40)}%`} />
        </div>
      ))}
    </div>
  )
}
