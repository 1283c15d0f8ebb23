import { Title } from '@mantine/core'
import { useSignIns } from '../../api/keeping.ts'
import type { Access } from '../../api/types.ts'
import { formatMoment } from '../../format/date.ts'
import { toWords } from '../../format/word.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Queried } from '../../ui/Queried.tsx'
import { SimpleTable } from '../../ui/SimpleTable.tsx'

const columns = [
  { key: 'at', name: 'When', cell: (row: Access) => formatMoment(row.at) },
  { key: 'how', name: 'By', cell: (row: Access) => (row.refused ? `${toWords(row.how)}, refused` : toWords(row.how)) },
  { key: 'address', name: 'From', cell: (row: Access) => row.address },
]

/** The latest sign-ins, out of the access log. R-KEEP-1. */
export function SignIns({ userId }: { userId: string }) {
  const signIns = useSignIns(userId)
  return (
    <section>
      <Title order={3} size="h5" mb={8}>
        Latest sign-ins
      </Title>
      <Queried query={signIns}>
        {(rows) =>
          rows.length > 0 ? (
            <SimpleTable label="Latest sign-ins" columns={columns} rows={rows} rowKey={({ id }) => id} />
          ) : (
            <Empty>No sign-in that is still kept.</Empty>
          )
        }
      </Queried>
    </section>
  )
}
