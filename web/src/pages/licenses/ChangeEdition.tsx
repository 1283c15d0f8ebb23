import { Button, Select } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import type { License } from '@tenantree/sdk'
import { useChangeEdition } from '../../api/licenses.ts'
import { useEnabledOffers } from '../../api/offers.ts'
import { FormDialog } from '../../ui/FormDialog.tsx'
import { useFormDialog } from '../../ui/use-form-dialog.ts'

/** Another edition of the same product: a dearer one counts from today, a cheaper one from the end of the commitment. R-LIC-8. */
export const ChangeEdition = ({ license }: { license: License }) =>
  license.owner && <EditionsOf license={license} ownerId={license.owner.id} />

function EditionsOf({ license, ownerId }: { license: License; ownerId: string }) {
  const change = useChangeEdition(license.id)
  const form = useForm({ initialValues: { offer_id: '' } })
  const dialog = useFormDialog(form, change)
  const offers = useEnabledOffers(ownerId).data ?? []
  const others = offers
    .map(({ offer }) => offer)
    .filter(
      ({ id, product, unit, charge_model }) =>
        id !== license.offer.id &&
        product === license.offer.product &&
        unit === license.offer.unit &&
        charge_model === license.offer.charge_model,
    )
  if (others.length === 0) return null
  const submit = form.onSubmit(({ offer_id }) =>
    change.mutate(offer_id, {
      onError: dialog.onError,
      onSuccess: ({ next_offer, offer }) => {
        notifications.show({
          message: next_offer
            ? `It goes on as ${next_offer.edition} after its commitment`
            : `It is ${offer.edition} from today`,
        })
        dialog.close()
      },
    }),
  )
  return (
    <>
      <Button size="xs" variant="default" onClick={dialog.open}>
        Change edition
      </Button>
      <FormDialog
        title="Change the edition"
        action="Change"
        isOpen={dialog.isOpen}
        onClose={dialog.close}
        onSubmit={submit}
        isSaving={change.isPending}
        error={change.error}
      >
        <Select
          label="Edition"
          description={`Now ${license.offer.edition}. The term and the last day stay as they are.`}
          data={others.map(({ id, edition }) => ({ value: id, label: edition }))}
          {...form.getInputProps('offer_id')}
        />
      </FormDialog>
    </>
  )
}
