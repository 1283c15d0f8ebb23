import { Switch } from '@mantine/core'
import { useMay } from '../../api/may.ts'
import { useOrderSettings, usePaymentCard, usePaymentMode, useSetMayOrder } from '../../api/orders.ts'
import { useMe } from '../../api/session.ts'
import type { Tenant } from '../../api/types.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Facts } from '../../ui/Facts.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { modeNames } from '../orders/PaymentFields.tsx'

/** How the tenant buys: its payment mode, its card, and, for its seller, whether its own users order. R-BUY-1, R-BUY-2. */
export function OrderingPanel({ tenant }: { tenant: Tenant }) {
  const me = useMe()
  const isSeller = tenant.parent_id === me.tenant.id
  const mode = usePaymentMode(tenant.id).data
  const card = usePaymentCard(tenant.id, isSeller || tenant.id === me.tenant.id).data
  if (!mode) return null
  const saved = card?.card
  return (
    <Panel title="Ordering">
      <Facts
        facts={[
          ['Payment mode', mode.mode ? modeNames[mode.mode] : 'Free: the first order fixes it'],
          ...(card?.taken ? [['Card', saved && `${saved.brand} ending in ${saved.last4}`] as const] : []),
        ]}
      />
      <MayOrder tenant={tenant} isSeller={isSeller} />
    </Panel>
  )
}

function MayOrder({ tenant, isSeller }: { tenant: Tenant; isSeller: boolean }) {
  const may = useMay('offers.enable')
  const settings = useOrderSettings(tenant.id).data
  const set = useSetMayOrder(tenant.id)
  if (!settings) return null
  return (
    <>
      <Switch
        mt={12}
        label={`Users of ${tenant.name} may order`}
        description={isSeller ? undefined : 'Set by its seller'}
        checked={settings.may_order}
        disabled={!isSeller || !may || set.isPending}
        onChange={({ currentTarget }) => set.mutate(currentTarget.checked)}
      />
      {set.error && <ErrorPanel error={set.error} />}
    </>
  )
}
