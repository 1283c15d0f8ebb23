import { SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import { useMay } from '../../api/may.ts'
import { useFeatures, useMachineEditions, useOffers } from '../../api/offers.ts'
import { useMe } from '../../api/session.ts'
import type { Feature, MachineEdition, Offer } from '../../api/types.ts'
import { formatNumberOf } from '../../format/money.ts'
import { TenantScreen } from '../../shell/TenantScreen.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Queried } from '../../ui/Queried.tsx'
import { MachinesPanel } from './MachinesPanel.tsx'
import { OfferDrawer } from './OfferDrawer.tsx'
import { CreateOffer } from './OfferEditor.tsx'
import { ProductPanel } from './ProductPanel.tsx'
import { ServicesPanel } from './ServicesPanel.tsx'
import { TermsPanel } from './TermsPanel.tsx'

const models = [
  { value: 'all', label: 'All' },
  { value: 'committed', label: 'Committed' },
  { value: 'prepaid', label: 'Prepaid' },
  { value: 'active_use', label: 'Active use' },
  { value: 'peak', label: 'Peak use' },
]

/** What the user's own tenant may sell or use, whatever tenant is chosen. */
export function CatalogPage() {
  const me = useMe()
  const may = useMay('offers.create')
  const isSeller = me.tenant.level !== 'end_customer' && me.tenant.level !== 'site'
  const [model, setModel] = useState('all')
  const [openId, setOpenId] = useState<string | null>(null)
  const offers = useOffers()
  const open = offers.data?.find(({ id }) => id === openId) ?? null
  const note = isSeller ? `What ${me.tenant.name} may sell` : `What ${me.tenant.name} may use`
  return (
    <TenantScreen title="Catalog" note={note} actions={may && <CreateOffer />}>
      <div>
        <SegmentedControl aria-label="Charge model" size="xs" data={models} value={model} onChange={setModel} />
      </div>
      <Queried query={offers}>
        {(all) => (
          <Products
            offers={all.filter((offer) => model === 'all' || offer.charge_model === model)}
            onOpen={setOpenId}
          />
        )}
      </Queried>
      {model === 'all' && (
        <>
          <MachinesPanel />
          <TermsPanel />
        </>
      )}
      <OfferDrawer offer={open} isSeller={isSeller} onClose={() => setOpenId(null)} />
    </TenantScreen>
  )
}

/** The offers of a catalog by product, in the order that the server gives them. */
const byProduct = (offers: readonly Offer[]): [string, Offer[]][] => [
  ...Map.groupBy(offers, ({ product }) => product).entries(),
]

function Products({ offers, onOpen }: { offers: readonly Offer[]; onOpen: (id: string) => void }) {
  const may = useMay('offers.create')
  const features = useFeatures().data
  const machines = useMachineEditions().data
  if (offers.length === 0) {
    const text = may
      ? 'There is no such offer yet. Create one, then give it a price.'
      : 'Your seller has enabled no such offer for you yet.'
    return (
      <Panel>
        <Empty>{text}</Empty>
      </Panel>
    )
  }
  const products = byProduct(offers)
  const single = products.flatMap(([, editions]) => (editions.length === 1 ? editions : []))
  const known: { features: readonly Feature[]; machines: readonly MachineEdition[] } = {
    features: features ?? [],
    machines: machines ?? [],
  }
  return (
    <>
      {products.map(
        ([product, editions]) =>
          editions.length > 1 && (
            <ProductPanel
              key={product}
              product={product}
              note={formatNumberOf(editions.length, 'offer')}
              offers={editions}
              known={known}
              onOpen={onOpen}
            />
          ),
      )}
      {single.length > 0 && (
        <ServicesPanel isAlone={products.length === single.length} offers={single} onOpen={onOpen} />
      )}
    </>
  )
}
