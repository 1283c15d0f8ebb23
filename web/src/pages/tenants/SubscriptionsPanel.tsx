import { useMay } from '../../api/may.ts'
import { useCreateSubscription, useEnabledOffers, useSubscriptions } from '../../api/offers.ts'
import type { Subscription, Tenant } from '../../api/types.ts'
import { formatDay } from '../../format/date.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Queried } from '../../ui/Queried.tsx'
import { SimpleTable } from '../../ui/SimpleTable.tsx'
import { State } from '../../ui/State.tsx'
import { PickOffer } from './PickOffer.tsx'

const columns = [
  { key: 'offer', name: 'Offer', cell: ({ offer }: Subscription) => `${offer.product} ${offer.edition}` },
  { key: 'state', name: 'State', cell: ({ state }: Subscription) => <State state={state} /> },
  { key: 'since', name: 'Started', cell: (row: Subscription) => formatDay(row.started_on) },
]

/** What the end customer's devices are charged for. R-SUBS-1. */
export function SubscriptionsPanel({ tenant }: { tenant: Tenant }) {
  const may = useMay('subscriptions.create')
  const subscriptions = useSubscriptions(tenant.id, true)
  return (
    <Panel title="Subscriptions">
      <Queried query={subscriptions}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty>Without a subscription nothing of {tenant.name} is charged.</Empty>
          ) : (
            <SimpleTable label="Subscriptions" columns={columns} rows={rows} rowKey={({ id }) => id} />
          )
        }
      </Queried>
      {may && subscriptions.data && <AddSubscription tenantId={tenant.id} running={subscriptions.data} />}
    </Panel>
  )
}

function AddSubscription({ tenantId, running }: { tenantId: string; running: readonly Subscription[] }) {
  const enabled = useEnabledOffers(tenantId).data ?? []
  const add = useCreateSubscription(tenantId)
  const products = new Set(running.filter(({ state }) => state !== 'ended').map(({ offer }) => offer.product))
  const others = enabled.map(({ offer }) => offer).filter(({ product }) => !products.has(product))
  if (others.length === 0) return null
  return <PickOffer label="Offer to subscribe to" action="Add" offers={others} command={add} />
}
