import { Button, SegmentedControl } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { useSetUpCard } from '../../api/orders.ts'
import type { OrderPreview, TenantRef } from '../../api/types.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import classes from './Buy.module.css'
import type { BuyForm } from './buy-form.ts'

export const modeNames = { monthly: 'Monthly', annual: 'Annually' } as const
export const methodNames = { invoice: 'By invoice', card: 'By card' } as const

type Props = {
  form: BuyForm
  onChange: (next: Partial<BuyForm>) => void
  fixedMode: BuyForm['mode'] | null
  preview: OrderPreview | null
  buyer: TenantRef
}

/** How long the charged periods are, locked once an order has fixed it, and how it is paid. R-BUY-2, R-BUY-4. */
export function PaymentFields({ form, onChange, fixedMode, preview, buyer }: Props) {
  return (
    <div className={classes.payment}>
      <div>
        <span className={classes.label}>Payment mode</span>
        {fixedMode ? (
          <p className={classes.locked}>
            <IconLock aria-hidden size={15} stroke={1.6} />
            {modeNames[fixedMode]}, fixed by the first order of {buyer.name}
          </p>
        ) : (
          <>
            <SegmentedControl
              aria-label="Payment mode"
              data={Object.entries(modeNames).map(([value, label]) => ({ value, label }))}
              value={form.mode}
              onChange={(mode) => onChange({ mode: mode === 'annual' ? 'annual' : 'monthly' })}
            />
            <p className={classes.hint}>The first order fixes it for all later ones.</p>
          </>
        )}
      </div>
      {preview?.card.taken && <MethodField form={form} onChange={onChange} last4={preview.card.last4} buyer={buyer} />}
    </div>
  )
}

type MethodProps = Pick<Props, 'form' | 'onChange' | 'buyer'> & { last4: string | null }

function MethodField({ form, onChange, last4, buyer }: MethodProps) {
  const setUp = useSetUpCard(buyer.id)
  const enter = () => setUp.mutate(undefined, { onSuccess: ({ url }) => window.location.assign(url) })
  return (
    <div>
      <span className={classes.label}>Payment</span>
      <SegmentedControl
        aria-label="Payment"
        data={Object.entries(methodNames).map(([value, label]) => ({
          value,
          label: value === 'card' && last4 ? `Card ending in ${last4}` : label,
          disabled: value === 'card' && !last4,
        }))}
        value={form.method}
        onChange={(method) => onChange({ method: method === 'card' ? 'card' : 'invoice' })}
      />
      <p className={classes.hint}>
        <Button size="compact-xs" variant="transparent" px={0} onClick={enter} loading={setUp.isPending}>
          {last4 ? 'Enter another card' : 'Enter a card'}
        </Button>
      </p>
      {setUp.error && <ErrorPanel error={setUp.error} />}
    </div>
  )
}
