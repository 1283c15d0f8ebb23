import { Button, Drawer, Stack } from '@mantine/core'
import { useDueRecords } from '../../api/keeping.ts'
import type { DueRecord, Retention } from '../../api/types.ts'
import { formatDay } from '../../format/date.ts'
import { formatCount } from '../../format/money.ts'
import { Empty } from '../../ui/Empty.tsx'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Facts, NotSet } from '../../ui/Facts.tsx'
import { SimpleTable } from '../../ui/SimpleTable.tsx'
import { TextSkeleton } from '../../ui/TextSkeleton.tsx'
import { formatKeptFor } from './describe.ts'

type Props = { retention: Retention | null; tenantId: string; onClose: () => void }

export const DueDrawer = ({ retention, tenantId, onClose }: Props) => (
  <Drawer
    opened={retention !== null}
    onClose={onClose}
    position="right"
    size={560}
    shadow="none"
    title={retention?.title}
    closeButtonProps={{ 'aria-label': 'Close' }}
  >
    {retention && (
      <Stack gap={18}>
        <Facts
          facts={[
            ['Kept for', formatKeptFor(retention.kept_for)],
            ['What goes', retention.erases],
            ['Goes within 30 days', formatCount(retention.due_count)],
          ]}
        />
        {retention.due_count > 0 ? (
          <DueRecords kind={retention.kind} tenantId={tenantId} />
        ) : (
          <Empty>Nothing of this kind goes within 30 days.</Empty>
        )}
      </Stack>
    )}
  </Drawer>
)

const columns = [
  { key: 'on', name: 'Goes on', cell: (row: DueRecord) => formatDay(row.goes_on) },
  { key: 'name', name: 'What', cell: (row: DueRecord) => row.name ?? <NotSet /> },
  { key: 'tenant', name: 'Tenant', cell: (row: DueRecord) => row.tenant?.name ?? <NotSet /> },
  { key: 'since', name: 'Since', cell: (row: DueRecord) => formatDay(row.since) },
]

function DueRecords({ kind, tenantId }: { kind: string; tenantId: string }) {
  const pages = useDueRecords(kind, tenantId)
  if (pages.error) return <ErrorPanel error={pages.error} onRetry={pages.retry} />
  if (pages.isPending) return <TextSkeleton lines={3} />
  return (
    <>
      <SimpleTable
        label="What goes when"
        columns={columns}
        rows={pages.rows}
        rowKey={(row) => `${row.id} ${row.since}`}
      />
      {pages.hasMore && (
        <Button variant="default" loading={pages.isLoadingMore} onClick={pages.loadMore}>
          Show more
        </Button>
      )}
    </>
  )
}
