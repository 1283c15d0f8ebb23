import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useSetSubscriptionState } from '../../api/trials.ts'
import type { Subscription } from '../../api/types.ts'
import { FormDialog } from '../../ui/FormDialog.tsx'

/** Asked before: what has ended does not come back. */
export function EndSubscription({ subscription }: { subscription: Subscription }) {
  const [isOpen, dialog] = useDisclosure(false)
  const end = useSetSubscriptionState()
  const name = `${subscription.offer.product} ${subscription.offer.edition}`
  return (
    <>
      <Button variant="default" size="compact-sm" onClick={dialog.open}>
        End
      </Button>
      <FormDialog
        title={`End the subscription to ${name}`}
        action="End it today"
        isOpen={isOpen}
        onClose={dialog.close}
        onSubmit={(event) => {
          event.preventDefault()
          end.mutate({ id: subscription.id, state: 'ended' }, { onSuccess: dialog.close })
        }}
        isSaving={end.isPending}
        error={end.error}
      >
        Today is the last day that counts. From tomorrow on {name} makes no charge at {subscription.tenant_name}. It
        does not come back; another subscription to the product may be added.
      </FormDialog>
    </>
  )
}
