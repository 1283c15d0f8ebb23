import { Button } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconPencil, IconPlus } from '@tabler/icons-react'
import { useCreateOffer, useUpdateOffer } from '../../api/offers.ts'
import type { Offer } from '../../api/types.ts'
import { FormDialog } from '../../ui/FormDialog.tsx'
import { useFormDialog } from '../../ui/use-form-dialog.ts'
import { OfferFields } from './OfferFields.tsx'
import { emptyForm, type OfferForm, rules, toChange, toForm, toNewOffer } from './offer-form.ts'

const width = 620

/** Adds an offer to the vendor's catalog. */
export function CreateOffer() {
  const create = useCreateOffer()
  const form = useForm<OfferForm>({ initialValues: emptyForm, validate: rules })
  const dialog = useFormDialog(form, create)
  const save = form.onSubmit((values) =>
    create.mutate(toNewOffer(values), { onSuccess: dialog.close, onError: dialog.onError }),
  )
  return (
    <>
      <Button leftSection={<IconPlus aria-hidden size={15} />} onClick={dialog.open}>
        Create offer
      </Button>
      <FormDialog
        title="Create an offer"
        action="Create offer"
        isOpen={dialog.isOpen}
        onClose={dialog.close}
        onSubmit={save}
        isSaving={create.isPending}
        error={create.error}
        size={width}
      >
        <OfferFields form={form} offer={null} />
      </FormDialog>
    </>
  )
}

/** Changes what may change; whoever has the offer keeps what it was sold with. */
export function EditOffer({ offer }: { offer: Offer }) {
  const update = useUpdateOffer(offer)
  const form = useForm<OfferForm>({ initialValues: toForm(offer), validate: rules })
  const dialog = useFormDialog(form, update)
  const open = () => {
    form.setInitialValues(toForm(offer))
    dialog.open()
  }
  const save = form.onSubmit((values) =>
    update.mutate(toChange(values, offer), { onSuccess: dialog.close, onError: dialog.onError }),
  )
  return (
    <>
      <Button size="xs" variant="default" leftSection={<IconPencil aria-hidden size={14} />} onClick={open}>
        Edit
      </Button>
      <FormDialog
        title={`Edit ${offer.product} ${offer.edition}`}
        action="Save"
        isOpen={dialog.isOpen}
        onClose={dialog.close}
        onSubmit={save}
        isSaving={update.isPending}
        error={update.error}
        size={width}
      >
        <OfferFields form={form} offer={offer} />
      </FormDialog>
    </>
  )
}
