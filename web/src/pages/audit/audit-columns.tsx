import { UnstyledButton } from '@mantine/core'
import type { AuditEvent } from '../../api/types.ts'
import { formatMoment } from '../../format/date.ts'
import { toWords } from '../../format/word.ts'
import { columnsOf } from '../../grid/features.ts'
import { NotSet } from '../../ui/Facts.tsx'
import { LinkText } from '../../ui/LinkText.tsx'
import { describeAction, nameActor, summarize } from './describe.ts'

const column = columnsOf<AuditEvent>()

export const hiddenAtFirst = { sealed: false, object: false }

export const auditColumns = (onOpen: (event: AuditEvent) => void) =>
  column.columns([
    column.accessor('at', { header: 'When', size: 185, cell: ({ getValue }) => formatMoment(getValue()) }),
    column.accessor('action', {
      header: 'What',
      size: 200,
      enableHiding: false,
      cell: ({ row, getValue }) => (
        <UnstyledButton fz="sm" onClick={() => onOpen(row.original)}>
          <LinkText>{describeAction(getValue())}</LinkText>
        </UnstyledButton>
      ),
    }),
    column.accessor('tenant', { header: 'Tenant', size: 180, cell: ({ getValue }) => getValue()?.name ?? <NotSet /> }),
    column.accessor('actor', { header: 'Who', size: 190, cell: ({ row }) => nameActor(row.original) }),
    column.accessor('object', { header: 'Thing', size: 110, cell: ({ getValue }) => toWords(getValue().kind) }),
    column.accessor(summarize, { id: 'changes', header: 'Fields', size: 240 }),
    column.accessor('address', { header: 'From', size: 120, cell: ({ getValue }) => getValue() ?? <NotSet /> }),
    column.accessor('sealed', { header: 'Sealed', size: 80, cell: ({ getValue }) => (getValue() ? 'Yes' : 'Not yet') }),
  ])
