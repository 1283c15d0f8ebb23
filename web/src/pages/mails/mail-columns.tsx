import type { MailRow } from '../../api/types.ts'
import { formatMoment } from '../../format/date.ts'
import { toWords } from '../../format/word.ts'
import { columnsOf } from '../../grid/features.ts'
import { LinkText } from '../../ui/LinkText.tsx'
import { State } from '../../ui/State.tsx'

const column = columnsOf<MailRow>()

/** Once the content is erased, after 30 days, only the kind of mail is known. */
export const mailColumns = column.columns([
  column.accessor((mail) => mail.subject ?? toWords(mail.template), {
    id: 'subject',
    header: 'Mail',
    size: 300,
    cell: ({ getValue }) => <LinkText>{getValue()}</LinkText>,
  }),
  column.accessor('recipient', { header: 'To', size: 230, cell: ({ getValue }) => getValue() ?? 'erased' }),
  column.accessor('tenant_name', { header: 'Tenant', size: 190 }),
  column.accessor('state', { header: 'State', size: 110, cell: ({ getValue }) => <State state={getValue()} /> }),
  column.accessor('attempts', { header: 'Attempts', size: 90, meta: { align: 'end' } }),
  column.accessor('created_at', { header: 'Queued', size: 180, cell: ({ getValue }) => formatMoment(getValue()) }),
])
