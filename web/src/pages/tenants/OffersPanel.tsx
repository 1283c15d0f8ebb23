import { useMay } from '../../api/may.ts'
import { useEnabledOffers, useEnableOffer, useOffers } from '../../api/offers.ts'
import { useMe } from '../../api/session.ts'
import type { EnabledOffer, Tenant } from '../../api/types.ts'
import { formatDay } from '../../format/date.ts'
import { toWords } from '../../format/word.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Queried } from '../../ui/Queried.tsx'
import { SimpleTable } from '../../ui/SimpleTable.tsx'
import { PickOffer } from './PickOffer.tsx'

const columns = [
  { key: 'offer', name: 'Offer', cell: ({ offer }: EnabledOffer) => `${offer.product} ${offer.edition}` },
  { key: 'model', name: 'Charge model', cell: ({ offer }: EnabledOffer) => toWords(offer.charge_model) },
  { key: 'since', name: 'Enabled', cell: (row: EnabledOffer) => formatDay(row.enabled_at) },
]

/** What the tenant may sell on or use: enabled edge by edge, by its seller. R-OFFER-5. */
export function OffersPanel({ tenant }: { tenant: Tenant }) {
  const me = useMe()
  const canEnable = useMay('offers.enable') && tenant.id !== me.tenant.id
  const enabled = useEnabledOffers(tenant.id)
  return (
    <Panel title="Offers enabled">
      <Queried query={enabled}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty>No offer is enabled for {tenant.name} yet.</Empty>
          ) : (
            <SimpleTable label="Offers enabled" columns={columns} rows={rows} rowKey={({ offer }) => offer.id} />
          )
        }
      </Queried>
      {canEnable && enabled.data && <EnableOffer tenantId={tenant.id} enabled={enabled.data} />}
    </Panel>
  )
}

function EnableOffer({ tenantId, enabled }: { tenantId: string; enabled: readonly EnabledOffer[] }) {
  const offers = useOffers().data ?? []
  const enable = useEnableOffer(tenantId)
  const others = offers.filter(({ id }) => !enabled.some(({ offer }) => offer.id === id))
  if (others.length === 0) return null
  return <PickOffer label="Offer to enable" action="Enable" offers={others} command={enable} />
}
