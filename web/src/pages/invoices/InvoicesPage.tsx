import { SegmentedControl, Select } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useInvoices } from '../../api/billing.ts'
import { useInstance, useMe } from '../../api/session.ts'
import { formatNumberOf } from '../../format/money.ts'
import { formatMonth, monthOf, monthsBack } from '../../format/month.ts'
import { toWords } from '../../format/word.ts'
import { Grid } from '../../grid/Grid.tsx'
import { type InvoiceSearch, toInvoiceSearch } from '../../search.ts'
import { TenantScreen } from '../../shell/TenantScreen.tsx'
import { useContextTenantId } from '../../shell/use-context-tenant.ts'
import { Empty } from '../../ui/Empty.tsx'
import { ListCount } from '../../ui/ListCount.tsx'
import { invoiceColumns } from './invoice-columns.tsx'

const directions = [
  { value: 'all', label: 'All' },
  { value: 'issued', label: 'Issued' },
  { value: 'received', label: 'Received' },
] as const
const states = ['draft', 'issued', 'paid', 'overdue', 'void'] as const
const monthsOffered = 24

type FilterProps = { search: InvoiceSearch; change: (next: InvoiceSearch) => void }

function InvoiceFilters({ search, change }: FilterProps) {
  const months = monthsBack(monthOf(useInstance().now), monthsOffered)
  return (
    <>
      <SegmentedControl
        aria-label="Direction"
        data={directions.map((direction) => ({ ...direction }))}
        value={search.direction ?? 'all'}
        onChange={(value) => change({ direction: value === 'issued' || value === 'received' ? value : undefined })}
      />
      <Select
        aria-label="Month"
        placeholder="Any month"
        clearable
        w={160}
        data={months.map((value) => ({ value, label: formatMonth(value) }))}
        value={search.month ?? null}
        onChange={(value) => change({ month: value ?? undefined })}
      />
      <Select
        aria-label="State"
        placeholder="Any state"
        clearable
        w={130}
        data={states.map((value) => ({ value, label: toWords(value) }))}
        value={search.state ?? null}
        onChange={(value) => change({ state: states.find((known) => known === value) })}
      />
    </>
  )
}

/** An invoice is seen by its two ends only, so these are the user's own, whatever tenant is chosen. R-TREE-10. */
export function InvoicesPage() {
  const tenantId = useContextTenantId()
  const me = useMe()
  const search = useSearch({ from: '/signed-in/shell/t/$tenantId/invoices' })
  const navigate = useNavigate({ from: '/t/$tenantId/invoices' })
  const invoices = useInvoices(search)
  const columns = useMemo(() => invoiceColumns(tenantId), [tenantId])
  const change = (next: InvoiceSearch) => void navigate({ search: (former) => ({ ...former, ...next }), replace: true })
  const isFiltered = Boolean(search.month ?? search.direction ?? search.state)

  return (
    <TenantScreen title="Invoices" note={`Issued and received by ${me.tenant.name}`} fills>
      <Grid
        label="Invoices"
        columns={columns}
        pages={invoices}
        rowKey={(invoice) => invoice.id}
        canPickColumns
        views={{
          grid: 'invoices',
          filters: search,
          onApply: (filters) => void navigate({ search: toInvoiceSearch(filters), replace: true }),
        }}
        onOpen={(row) =>
          void navigate({ to: '/t/$tenantId/invoices/$invoiceId', params: { tenantId, invoiceId: row.id } })
        }
        toolbar={
          <>
            <InvoiceFilters search={search} change={change} />
            <ListCount pages={invoices} format={(count) => formatNumberOf(count, 'invoice')} />
          </>
        }
        empty={
          <Empty>
            {isFiltered
              ? 'No invoice fits these filters.'
              : 'There is no invoice yet. A billing run makes them once a month is over.'}
          </Empty>
        }
      />
    </TenantScreen>
  )
}
