import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import type { TreeRow as Row } from './flatten.ts'
import { findByTyping, moveForKey, type TreeMove } from './navigate.ts'
import classes from './Tree.module.css'
import { TreeRow } from './TreeRow.tsx'
import { useTree } from './use-tree.ts'

const rowHeight = 30
const typingPauseMs = 700

type Props = { rootId: string; selectedId: string; onSelect: (tenantId: string) => void }

/** Collects what is typed within a short pause into one text. */
function useTyping() {
  const typed = useRef({ text: '', at: 0 })
  return (key: string, atMs: number) => {
    const isGoingOn = atMs - typed.current.at < typingPauseMs
    typed.current = { text: isGoingOn ? typed.current.text + key : key, at: atMs }
    return typed.current.text
  }
}

const isTyped = (event: KeyboardEvent) =>
  event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey

export function TenantTree({ rootId, selectedId, onSelect }: Props) {
  const { rows, expand, collapse, loadMore } = useTree(rootId, selectedId)
  const [activeKey, setActiveKey] = useState(selectedId)
  const scrollRef = useRef<HTMLDivElement>(null)
  const type = useTyping()
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 12,
  })
  const activeIndex = Math.max(
    rows.findIndex((row) => row.key === activeKey),
    0,
  )
  const isSelectedShown = rows.some((row) => row.key === selectedId)

  // Whoever arrives by link or search sees where the tenant stands.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new selection may move the list
  useEffect(() => {
    setActiveKey(selectedId)
    const index = rows.findIndex((row) => row.key === selectedId)
    if (index >= 0) virtualizer.scrollToIndex(index, { align: 'auto' })
  }, [selectedId, isSelectedShown])

  const choose = (row: Row | undefined) => {
    if (row?.kind === 'tenant') onSelect(row.tenant.id)
    else if (row && row.kind !== 'loading') loadMore(row.parentId)
  }
  const moveTo = (index: number) => {
    const row = rows[index]
    if (!row) return
    setActiveKey(row.key)
    virtualizer.scrollToIndex(index, { align: 'auto' })
  }
  const apply = (move: TreeMove) => {
    if (move.kind === 'focus') moveTo(move.index)
    else if (move.kind === 'choose') choose(rows[move.index])
    else if (move.kind === 'expand') expand([move.tenantId])
    else collapse(move.tenantId)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const move = moveForKey(event.key, rows, activeIndex)
    const found = !move && isTyped(event) ? findByTyping(rows, activeIndex, type(event.key, event.timeStamp)) : null
    if (move) apply(move)
    else if (found !== null) moveTo(found)
    else return
    event.preventDefault()
  }

  return (
    <div
      ref={scrollRef}
      className={classes.tree}
      role="tree"
      aria-label="Tenants"
      tabIndex={0}
      aria-activedescendant={rows[activeIndex] ? rowId(rows[activeIndex].key) : undefined}
      onKeyDown={onKeyDown}
    >
      <div role="presentation" className={classes.rows} style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => {
          const row = rows[item.index]
          if (!row) return null
          return (
            <TreeRow
              key={item.key}
              id={rowId(row.key)}
              row={row}
              top={item.start}
              isActive={item.index === activeIndex}
              isSelected={row.key === selectedId}
              onChoose={() => {
                setActiveKey(row.key)
                choose(row)
              }}
              onToggle={(tenantId, isOpen) => (isOpen ? collapse(tenantId) : expand([tenantId]))}
              onSeen={loadMore}
            />
          )
        })}
      </div>
    </div>
  )
}

const rowId = (key: string) => `tree-${key.replaceAll(' ', '-')}`
