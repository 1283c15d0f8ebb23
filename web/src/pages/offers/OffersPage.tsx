import { useMe } from '../../api/session.ts'
import { TenantScreen } from '../../shell/TenantScreen.tsx'
import { OfferListPanel } from './OfferListPanel.tsx'
import { PriceLists } from './PriceLists.tsx'

/** Offers and the price lists that the user's own tenant keeps as a seller, whatever tenant is chosen. */
export function OffersPage() {
  const me = useMe()
  const isSeller = me.tenant.level !== 'end_customer' && me.tenant.level !== 'site'
  const note = isSeller
    ? `What ${me.tenant.name} sells, and what it asks for it`
    : `What ${me.tenant.name} may subscribe to`
  return (
    <TenantScreen title="Offers & prices" note={note}>
      <OfferListPanel />
      {isSeller && <PriceLists seller={me.tenant} />}
    </TenantScreen>
  )
}
