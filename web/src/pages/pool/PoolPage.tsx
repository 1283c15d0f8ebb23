import type { Pool } from '@tenantree/sdk'
import { useAvailableLicenses, usePool } from '../../api/licenses.ts'
import { useMay } from '../../api/may.ts'
import { formatCount } from '../../format/money.ts'
import { TenantScreen } from '../../shell/TenantScreen.tsx'
import { useContextTenant, useContextTenantId } from '../../shell/use-context-tenant.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Queried } from '../../ui/Queried.tsx'
import { SimpleTable } from '../../ui/SimpleTable.tsx'
import { BuyButton } from '../orders/BuyButton.tsx'
import { MoveLicenses } from './MoveLicenses.tsx'
import { PoolSettingsPanel } from './PoolSettingsPanel.tsx'
import { RequestTrials } from './RequestTrials.tsx'
import { SetAside } from './SetAside.tsx'

type Row = Pool['rows'][number]
const count = (key: string, name: string, value: (row: Row) => number) => ({
  key,
  name,
  align: 'end' as const,
  cell: (row: Row) => formatCount(value(row)),
})
const columns = [
  { key: 'type', name: 'Type', cell: ({ offer }: Row) => `${offer.product} ${offer.edition}` },
  count('total', 'Total', (row) => row.total),
  count('assigned', 'In use', (row) => row.assigned),
  count('free', 'Free', (row) => row.unassigned),
  count('set_aside', 'Set aside', (row) => row.set_aside),
  count('trial', 'Trial', (row) => row.trial),
  count('cancelled', 'Cancelled', (row) => row.pending_cancel),
  count('expiring', 'Expiring in 30 days', (row) => row.expiring),
]

/** What a tenant's pool has, whom it is kept for, and where the tenant's own holders take from. R-POOL-1, R-POOL-2. */
export function PoolPage() {
  const tenantId = useContextTenantId()
  const tenant = useContextTenant().data
  const pool = usePool(tenantId)
  const mayManage = useMay('licenses.manage')
  const isBuyer = tenant && tenant.level !== 'vendor' && tenant.level !== 'site'
  return (
    <TenantScreen
      title="Pool"
      actions={
        isBuyer && (
          <>
            {mayManage && <RequestTrials tenant={tenant} />}
            {mayManage && pool.data && <MoveLicenses tenant={tenant} pool={pool.data} />}
            <BuyButton tenant={tenant} />
          </>
        )
      }
    >
      <Panel title="Licenses in this pool" note="valid ones, by type">
        <Queried query={pool}>
          {({ rows }) =>
            rows.length === 0 ? (
              <Empty>
                {isBuyer
                  ? 'This pool has no licenses. Buy some, or ask for trial licenses.'
                  : 'Only those who buy have a pool: distributors down to end customers.'}
              </Empty>
            ) : (
              <SimpleTable
                label="Licenses in this pool"
                columns={columns}
                rows={rows}
                rowKey={({ offer }) => offer.id}
              />
            )
          }
        </Queried>
      </Panel>
      {pool.data && (pool.data.set_aside.length > 0 || (mayManage && isBuyer)) && (
        <SetAsidePanel pool={pool.data} tenantId={tenantId} mayManage={mayManage} />
      )}
      {isBuyer && (tenant.level === 'end_customer' || tenant.level === 'reseller') && (
        <AvailablePanel tenantId={tenantId} name={tenant.name} />
      )}
      {isBuyer && <PoolSettingsPanel tenant={tenant} mayManage={mayManage} />}
    </TenantScreen>
  )
}

type Kept = Pool['set_aside'][number]

function SetAsidePanel({ pool, tenantId, mayManage }: { pool: Pool; tenantId: string; mayManage: boolean }) {
  const types = new Map(pool.rows.map(({ offer }) => [offer.id, `${offer.product} ${offer.edition}`]))
  const keptColumns = [
    { key: 'company', name: 'Company', cell: ({ tenant }: Kept) => tenant.name },
    { key: 'type', name: 'Type', cell: ({ offer_id }: Kept) => types.get(offer_id) ?? '' },
    { key: 'number', name: 'Set aside', align: 'end' as const, cell: ({ number }: Kept) => formatCount(number) },
    { key: 'used', name: 'In use', align: 'end' as const, cell: ({ assigned }: Kept) => formatCount(assigned) },
  ]
  return (
    <Panel
      title="Set aside for companies"
      note="they take from these after their own"
      actions={mayManage && pool.rows.length > 0 && <SetAside tenantId={tenantId} pool={pool} />}
    >
      {pool.set_aside.length === 0 ? (
        <Empty>Nothing is set aside. Companies whose source is this pool share what is free.</Empty>
      ) : (
        <SimpleTable
          label="Set aside for companies"
          columns={keptColumns}
          rows={pool.set_aside}
          rowKey={({ tenant, offer_id }) => `${tenant.id} ${offer_id}`}
        />
      )}
    </Panel>
  )
}

/** The free number is all that is seen of a pool above. R-TREE-9. */
function AvailablePanel({ tenantId, name }: { tenantId: string; name: string }) {
  const available = useAvailableLicenses(tenantId)
  return (
    <Panel title="Free to take" note={`by devices, subscribers, gateways and domains of ${name}`}>
      <Queried query={available}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty>Nothing is free to take. The source below says where licenses come from.</Empty>
          ) : (
            <SimpleTable
              label="Free to take"
              columns={[
                { key: 'type', name: 'Type', cell: ({ offer }) => `${offer.product} ${offer.edition}` },
                { key: 'free', name: 'Commercial', align: 'end', cell: (row) => formatCount(row.commercial) },
                { key: 'trial', name: 'Trial', align: 'end', cell: (row) => formatCount(row.trial) },
              ]}
              rows={rows}
              rowKey={({ offer }) => offer.id}
            />
          )
        }
      </Queried>
    </Panel>
  )
}
