import { SegmentedControl, Select } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useOrders } from '../../api/orders.ts'
import { useMe } from '../../api/session.ts'
import { formatNumberOf } from '../../format/money.ts'
import { toWords } from '../../format/word.ts'
import { Grid } from '../../grid/Grid.tsx'
import { type OrderSearch, toOrderSearch } from '../../search.ts'
import { TenantScreen } from '../../shell/TenantScreen.tsx'
import { useContextTenant, useContextTenantId } from '../../shell/use-context-tenant.ts'
import { Empty } from '../../ui/Empty.tsx'
import { ListCount } from '../../ui/ListCount.tsx'
import { BuyButton } from './BuyButton.tsx'
import { orderColumns } from './order-columns.tsx'

const directions = [
  { value: 'all', label: 'All' },
  { value: 'bought', label: 'Bought' },
  { value: 'sold', label: 'Sold' },
]
const states = ['placed', 'accepted', 'payment_failed', 'withdrawn'] as const

/** An order is seen by the two ends of its edge only, so these are the user's own, whatever tenant is chosen. R-TREE-10. */
export function OrdersPage() {
  const tenantId = useContextTenantId()
  const tenant = useContextTenant().data
  const me = useMe()
  const search = useSearch({ from: '/signed-in/shell/t/$tenantId/orders' })
  const navigate = useNavigate({ from: '/t/$tenantId/orders' })
  const orders = useOrders(search)
  const columns = useMemo(() => orderColumns(tenantId), [tenantId])
  const change = (next: OrderSearch) => void navigate({ search: (former) => ({ ...former, ...next }), replace: true })
  const isFiltered = Boolean(search.direction ?? search.state)

  return (
    <TenantScreen
      title="Orders"
      note={`Placed and taken by ${me.tenant.name}`}
      fills
      actions={tenant && <BuyButton tenant={tenant} />}
    >
      <Grid
        label="Orders"
        columns={columns}
        pages={orders}
        rowKey={({ id }) => id}
        canPickColumns
        views={{
          grid: 'orders',
          filters: search,
          onApply: (filters) => void navigate({ search: toOrderSearch(filters), replace: true }),
        }}
        onOpen={({ id }) => void navigate({ to: '/t/$tenantId/orders/$orderId', params: { tenantId, orderId: id } })}
        toolbar={
          <>
            <SegmentedControl
              aria-label="Direction"
              data={directions}
              value={search.direction ?? 'all'}
              onChange={(value) => change({ direction: value === 'bought' || value === 'sold' ? value : undefined })}
            />
            <Select
              aria-label="State"
              placeholder="Any state"
              clearable
              w={160}
              data={states.map((value) => ({ value, label: toWords(value) }))}
              value={search.state ?? null}
              onChange={(value) => change({ state: states.find((known) => known === value) })}
            />
            <ListCount pages={orders} format={(count) => formatNumberOf(count, 'order')} />
          </>
        }
        empty={
          <Empty>
            {isFiltered
              ? 'No order fits these filters.'
              : 'There is no order yet. Who may purchase can buy licenses here.'}
          </Empty>
        }
      />
    </TenantScreen>
  )
}
