import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { type MouseEvent, useEffect } from 'react'
import { formatCount } from '../format/money.ts'
import { levelNames } from '../format/word.ts'
import type { TreeRow as Row, TenantNode } from './flatten.ts'
import { LevelIcon } from './LevelIcon.tsx'
import classes from './Tree.module.css'

const indentPx = 14

type Props = {
  id: string
  row: Row
  top: number
  isActive: boolean
  isSelected: boolean
  onChoose: () => void
  onToggle: (tenantId: string, isOpen: boolean) => void
  onSeen: (parentId: string) => void
}

const ariaOf = (row: Row, isSelected: boolean) =>
  row.kind === 'tenant'
    ? {
        'aria-posinset': row.position,
        'aria-setsize': row.setSize,
        'aria-selected': isSelected,
        ...(row.isExpanded !== null && { 'aria-expanded': row.isExpanded }),
      }
    : { 'aria-selected': false }

/** One row of the tree. The tree itself has the focus and the keys: a row only listens to the pointer. */
export function TreeRow({ id, row, top, isActive, isSelected, onChoose, onToggle, onSeen }: Props) {
  useLoadWhenSeen(row, onSeen)
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles the keys for all rows
    // biome-ignore lint/a11y/useFocusableInteractive: the tree points at the row with aria-activedescendant
    <div
      id={id}
      role="treeitem"
      aria-level={row.depth + 1}
      {...ariaOf(row, isSelected)}
      className={classes.row}
      data-active={isActive || undefined}
      data-selected={isSelected || undefined}
      style={{ transform: `translateY(${top}px)`, paddingInlineStart: 6 + row.depth * indentPx }}
      onClick={onChoose}
    >
      {row.kind === 'tenant' ? <TenantCells node={row} onToggle={onToggle} /> : <TailText kind={row.kind} />}
    </div>
  )
}

/** The row "Load more" loads by itself once it is scrolled to. */
function useLoadWhenSeen(row: Row, onSeen: (parentId: string) => void) {
  const waiting = row.kind === 'more' ? row.parentId : null
  // biome-ignore lint/correctness/useExhaustiveDependencies: once per row, whatever the callback
  useEffect(() => {
    if (waiting !== null) onSeen(waiting)
  }, [waiting])
}

const tailTexts = { loading: 'Loading...', more: 'Load more', failed: 'Could not be loaded. Try again' }
const TailText = ({ kind }: { kind: keyof typeof tailTexts }) => <span className={classes.tail}>{tailTexts[kind]}</span>

function TenantCells({ node, onToggle }: { node: TenantNode; onToggle: Props['onToggle'] }) {
  const { tenant, isExpanded } = node
  const toggle = (event: MouseEvent) => {
    event.stopPropagation()
    onToggle(tenant.id, isExpanded === true)
  }
  const Chevron = isExpanded ? IconChevronDown : IconChevronRight
  return (
    <>
      {isExpanded === null ? (
        <span className={classes.chevron} />
      ) : (
        // A second way for the pointer; keys use the arrows.
        <span className={classes.chevron} onClick={toggle} aria-hidden>
          <Chevron size={15} stroke={1.8} />
        </span>
      )}
      <LevelIcon level={tenant.level} />
      <span className={classes.name}>{tenant.name}</span>
      <span className="visually-hidden">, {levelNames[tenant.level]}</span>
      {tenant.device_count !== null && (
        <span className={classes.count}>
          <span className="visually-hidden">, </span>
          {formatCount(tenant.device_count)}
          <span className="visually-hidden"> {tenant.device_count === 1 ? 'device' : 'devices'}</span>
        </span>
      )}
    </>
  )
}
