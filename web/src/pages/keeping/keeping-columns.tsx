import { UnstyledButton } from '@mantine/core'
import type { Retention } from '../../api/types.ts'
import { formatDay } from '../../format/date.ts'
import { formatCount } from '../../format/money.ts'
import { NotSet } from '../../ui/Facts.tsx'
import { LinkText } from '../../ui/LinkText.tsx'
import type { SimpleColumn } from '../../ui/SimpleTable.tsx'
import { formatKeptFor, isDefault } from './describe.ts'
import { EditKeptFor } from './EditKeptFor.tsx'

export const keepingColumns = (mayEdit: boolean, onOpen: (retention: Retention) => void): SimpleColumn<Retention>[] => [
  {
    key: 'kind',
    name: 'Kind',
    cell: (row) => (
      <UnstyledButton fz="sm" onClick={() => onOpen(row)}>
        <LinkText>{row.title}</LinkText>
      </UnstyledButton>
    ),
  },
  {
    key: 'kept_for',
    name: 'Kept for',
    cell: (row) =>
      isDefault(row)
        ? formatKeptFor(row.kept_for)
        : `${formatKeptFor(row.kept_for)}, usually ${formatKeptFor(row.default)}`,
  },
  { key: 'count', name: 'Goes within 30 days', align: 'end', cell: (row) => formatCount(row.due_count) },
  { key: 'next', name: 'The next on', cell: ({ due: [next] }) => (next ? formatDay(next.on) : <NotSet />) },
  ...(mayEdit
    ? [{ key: 'edit', name: '', align: 'end' as const, cell: (row: Retention) => <EditKeptFor retention={row} /> }]
    : []),
]
