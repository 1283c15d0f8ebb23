import { Button } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useWithdrawOrder } from '../../api/orders.ts'
import type { Order } from '../../api/types.ts'
import { formatMoment } from '../../format/date.ts'
import { formatMoney, formatNumberOf } from '../../format/money.ts'
import { FormDialog } from '../../ui/FormDialog.tsx'
import { useFormDialog } from '../../ui/use-form-dialog.ts'

/** Withdraws the whole order: licenses end at once, also those in use. R-BUY-3. */
export function WithdrawOrder({ order }: { order: Order }) {
  const withdraw = useWithdrawOrder(order.id)
  const form = useForm({ initialValues: {} })
  const dialog = useFormDialog(form, withdraw)
  const licenses = order.lines.reduce((sum, line) => sum + line.licenses, 0)
  const act = form.onSubmit(() =>
    withdraw.mutate(undefined, {
      onSuccess: () => {
        dialog.close()
        notifications.show({ message: 'The order is withdrawn.' })
      },
    }),
  )
  return (
    <>
      <Button variant="default" onClick={dialog.open}>
        Withdraw order
      </Button>
      <FormDialog
        title="Withdraw the order?"
        action="Withdraw order"
        isOpen={dialog.isOpen}
        onClose={dialog.close}
        onSubmit={act}
        isSaving={withdraw.isPending}
        error={withdraw.error}
      >
        <p style={{ margin: 0 }}>
          {formatNumberOf(licenses, 'license')} of {order.buyer.name} {licenses === 1 ? 'ends' : 'end'} at once, and
          whoever holds one is left without. {order.first_total && `${formatMoney(order.first_total)} is credited. `}
          This cannot be taken back.
        </p>
        {order.withdrawable_until && (
          <p style={{ margin: 0 }}>It is possible until {formatMoment(order.withdrawable_until)}.</p>
        )}
      </FormDialog>
    </>
  )
}
