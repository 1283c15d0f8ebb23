import { Modal, Skeleton } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useMemo, useState } from 'react'
import { useOrderedOffers, useOrderPreview, usePaymentMode, usePlaceOrder } from '../../api/orders.ts'
import { fieldErrorsOf, findProblem } from '../../api/problem.ts'
import { useMe } from '../../api/session.ts'
import type { CreateOrder, Offer, TenantRef } from '../../api/types.ts'
import { Empty } from '../../ui/Empty.tsx'
import classes from './Buy.module.css'
import { BuyLines } from './BuyLines.tsx'
import { BuySummary } from './BuySummary.tsx'
import { type BuyForm, buyersFor, isAddOn, newLine, toOrder } from './buy-form.ts'
import { PaymentFields } from './PaymentFields.tsx'
import { PoolFields } from './PoolFields.tsx'

const pauseMs = 250

/** An order as it is written: left what is bought, right what it costs, computed by the server at each change. R-BUY-3. */
export function BuyDialog({ tenant, onClose }: { tenant: TenantRef; onClose: () => void }) {
  const own = useMe().tenant
  const buyers = useMemo(() => buyersFor(tenant, own), [tenant, own])
  const [buyerId, setBuyerId] = useState(buyers[0]?.id ?? tenant.id)
  const buyer = buyers.find(({ id }) => id === buyerId) ?? tenant
  const offers = useOrderedOffers(buyerId)
  const mode = usePaymentMode(buyerId)
  const choose = { buyers, buyer, setBuyerId, tenant }
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Buy licenses for ${tenant.name}`}
      size={1040}
      yOffset="4dvh"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {(!offers.data || !mode.data) && <Skeleton height={380} radius={8} />}
      {offers.data?.every(isAddOn) && (
        <Empty>No offer that is bought by an order is enabled for {buyer.name} yet. See Offers & prices.</Empty>
      )}
      {offers.data && mode.data && !offers.data.every(isAddOn) && (
        <Buying key={buyerId} choose={choose} offers={offers.data} fixedMode={mode.data.mode} onClose={onClose} />
      )}
    </Modal>
  )
}

export type Choose = {
  buyers: readonly TenantRef[]
  buyer: TenantRef
  setBuyerId: (id: string) => void
  tenant: TenantRef
}
type BuyingProps = {
  choose: Choose
  offers: readonly Offer[]
  fixedMode: BuyForm['mode'] | null
  onClose: () => void
}

/** The order that is written, debounced, and what the server says of it. */
function usePreviewOf(form: BuyForm) {
  const order = toOrder(form)
  const [text] = useDebouncedValue(JSON.stringify(order), pauseMs)
  const preview = useOrderPreview(JSON.parse(text) as CreateOrder | null)
  return { order, preview, isStale: JSON.stringify(order) !== text || preview.isFetching }
}

/** Places the order as it is written. A key for each writing: sent twice it is one order, changed it is another. */
function usePlacing(order: CreateOrder | null, terms: number | null, onClose: () => void) {
  const [sent, setSent] = useState({ text: '', key: '' })
  const place = usePlaceOrder()
  const done = useDone(onClose)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (order === null) return
    const body = { ...order, ...(terms !== null && { terms_version: terms }) }
    const text = JSON.stringify(body)
    const key = text === sent.text ? sent.key : crypto.randomUUID()
    setSent({ text, key })
    place.mutate({ key, body }, { onSuccess: done })
  }
  return { place, submit }
}

function Buying({ choose, offers, fixedMode, onClose }: BuyingProps) {
  const { buyer, tenant } = choose
  const [form, setForm] = useState<BuyForm>({
    buyerId: buyer.id,
    companyId: tenant.id === buyer.id ? null : tenant.id,
    lines: [newLine(offers.find((offer) => !isAddOn(offer)))],
    mode: fixedMode ?? 'monthly',
    method: 'invoice',
  })
  const [terms, setTerms] = useState<number | null>(null)
  const { order, preview, isStale } = usePreviewOf(form)
  const { place, submit } = usePlacing(order, terms, onClose)
  const change = (next: Partial<BuyForm>) => {
    place.reset()
    setForm((former) => ({ ...former, ...next }))
  }
  const refusal = order && preview.error
  const error = place.error ?? refusal
  const problem = findProblem(error)
  const shown = order && (preview.data ?? null)
  return (
    <form onSubmit={submit} className={classes.buy} noValidate>
      <div className={classes.what}>
        <PoolFields choose={choose} form={form} onChange={change} />
        <BuyLines
          offers={offers}
          lines={form.lines}
          errors={problem ? fieldErrorsOf(problem) : {}}
          onChange={(lines) => change({ lines })}
        />
        <PaymentFields form={form} onChange={change} fixedMode={fixedMode} preview={shown} buyer={buyer} />
      </div>
      <BuySummary
        preview={shown}
        isStale={isStale}
        error={error}
        terms={terms}
        onTerms={setTerms}
        isPlacing={place.isPending}
        mayPlace={order !== null && !refusal}
        onClose={onClose}
      />
    </form>
  )
}

function useDone(onClose: () => void) {
  const navigate = useNavigate()
  const own = useMe().tenant
  return (placed: { id: string; state: string; first_total: unknown; buyer: TenantRef }) => {
    onClose()
    const failed = placed.state === 'payment_failed'
    notifications.show({
      message: failed
        ? 'The card was not charged: nothing was bought.'
        : `The order for ${placed.buyer.name} is ${placed.state}.`,
      ...(failed && { color: 'red' }),
    })
    // Who is no end of the edge has placed an order that it cannot look at. R-TREE-10.
    if (placed.first_total !== null)
      void navigate({ to: '/t/$tenantId/orders/$orderId', params: { tenantId: own.id, orderId: placed.id } })
  }
}
