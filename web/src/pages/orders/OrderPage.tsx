import { Skeleton } from '@mantine/core'
import { Link, useParams } from '@tanstack/react-router'
import { useOrder } from '../../api/orders.ts'
import { useMe } from '../../api/session.ts'
import type { Order } from '../../api/types.ts'
import { formatDay, formatMoment } from '../../format/date.ts'
import screen from '../../shell/TenantScreen.module.css'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Facts } from '../../ui/Facts.tsx'
import { PageHead } from '../../ui/PageHead.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { State } from '../../ui/State.tsx'
import invoice from '../invoices/Invoice.module.css'
import { OrderLines } from './OrderLines.tsx'
import { methodNames, modeNames } from './PaymentFields.tsx'
import { WithdrawOrder } from './WithdrawOrder.tsx'

/** About an edge, not about the tenant in the URL: the way back leads to the list. */
export function OrderPage() {
  const { tenantId, orderId } = useParams({ from: '/signed-in/shell/t/$tenantId/orders/$orderId' })
  const { user } = useMe()
  const query = useOrder(orderId)
  const order = query.data
  return (
    <div className={screen.screen}>
      <PageHead
        title={order ? `Order of ${formatDay(order.placed_at)}` : 'Order'}
        note={order && <State state={order.state} />}
        above={
          <Link to="/t/$tenantId/orders" params={{ tenantId }}>
            Orders
          </Link>
        }
      >
        {order?.withdrawable_until && user.may_purchase && <WithdrawOrder order={order} />}
      </PageHead>
      {query.error && <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Skeleton height={420} radius={10} />}
      {order && <OrderPanels order={order} />}
    </div>
  )
}

/** What an order that is not simply accepted has to say. */
function noteOf({ state, payment_failure, withdrawn_at }: Order): string | null {
  if (state === 'placed') return 'The payment is being settled. Nothing is bought until it has succeeded.'
  if (state === 'payment_failed') return `Nothing was bought: ${payment_failure ?? 'the payment failed.'}`
  if (state === 'withdrawn' && withdrawn_at)
    return `Withdrawn on ${formatMoment(withdrawn_at)}: its licenses have ended and all of it is credited.`
  return null
}

function OrderPanels({ order }: { order: Order }) {
  const note = noteOf(order)
  return (
    <>
      {note && (
        <p className={invoice.draft} role="note">
          {note}
        </p>
      )}
      <div className={invoice.head}>
        <Panel title="Buyer and seller">
          <Facts
            facts={[
              ['Buyer', order.buyer.name],
              ['Seller', order.seller_name],
              ['For the pool of', order.company?.name ?? order.buyer.name],
            ]}
          />
        </Panel>
        <Panel title="Payment">
          <Facts
            facts={[
              ['Payment mode', modeNames[order.payment_mode]],
              ['Payment', methodNames[order.payment_method]],
              ['Terms and conditions', order.terms_version && `Version ${order.terms_version}, acknowledged`],
            ]}
          />
        </Panel>
        <Panel title="Order">
          <Facts
            facts={[
              ['Placed', formatMoment(order.placed_at)],
              ['Placed by', order.ordered_by?.name ?? 'Someone above you'],
              ['Can be withdrawn before', order.withdrawable_until && formatMoment(order.withdrawable_until)],
            ]}
          />
        </Panel>
      </div>
      <OrderLines order={order} />
    </>
  )
}
