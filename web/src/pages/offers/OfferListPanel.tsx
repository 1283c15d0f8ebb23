import { useMay } from '../../api/may.ts'
import { useOffers } from '../../api/offers.ts'
import type { Offer } from '../../api/types.ts'
import { formatDay } from '../../format/date.ts'
import { toWords } from '../../format/word.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Queried } from '../../ui/Queried.tsx'
import { SimpleTable } from '../../ui/SimpleTable.tsx'
import { CreateOffer } from './CreateOffer.tsx'

const columns = [
  { key: 'product', name: 'Product', cell: (offer: Offer) => offer.product },
  { key: 'edition', name: 'Edition', cell: (offer: Offer) => offer.edition },
  { key: 'unit', name: 'Charged by', cell: (offer: Offer) => toWords(offer.unit) },
  { key: 'model', name: 'Charge model', cell: (offer: Offer) => toWords(offer.charge_model) },
  { key: 'since', name: 'Created', cell: (offer: Offer) => formatDay(offer.created_at) },
]

export function OfferListPanel() {
  const may = useMay('offers.create')
  return (
    <Panel title="Offers" actions={may && <CreateOffer />}>
      <Queried query={useOffers()}>
        {(offers) =>
          offers.length === 0 ? (
            <Empty>
              {may
                ? 'There is no offer yet. Create one, then give it a price.'
                : 'Your seller has enabled no offer for you yet.'}
            </Empty>
          ) : (
            <SimpleTable label="Offers" columns={columns} rows={offers} rowKey={({ id }) => id} />
          )
        }
      </Queried>
    </Panel>
  )
}
