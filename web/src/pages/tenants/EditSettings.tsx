import { Button, Checkbox, Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import type { Tenant } from '../../api/types.ts'
import { countries } from '../../format/country.ts'
import { AutoAddField } from './AutoAddField.tsx'
import { EditDialog } from './EditDialog.tsx'
import classes from './TenantForm.module.css'
import { useEditTenant } from './use-edit-tenant.ts'

const valuesOf = (tenant: Tenant) => ({
  name: tenant.name,
  device_country: tenant.device_country,
  usage_space_gb: tenant.usage_space_gb ?? '',
  external_id: tenant.external_id ?? '',
  auto_add_clients: tenant.auto_add_clients,
  email_reports: tenant.email_reports,
})

export function EditSettings({ tenant }: { tenant: Tenant }) {
  const [isOpen, dialog] = useDisclosure(false)
  const form = useForm({ initialValues: valuesOf(tenant) })
  const edit = useEditTenant(tenant, form)
  const open = () => {
    edit.reset()
    form.setValues(valuesOf(tenant))
    form.clearErrors()
    dialog.open()
  }
  const onSubmit = form.onSubmit(({ usage_space_gb, external_id, ...rest }) =>
    edit.save(
      { ...rest, usage_space_gb: usage_space_gb.trim() || null, external_id: external_id.trim() || null },
      dialog.close,
    ),
  )
  return (
    <>
      <Button variant="default" size="xs" onClick={open} aria-label="Edit the facts">
        Edit
      </Button>
      <EditDialog
        title="Edit the facts"
        isOpen={isOpen}
        onClose={dialog.close}
        onSubmit={onSubmit}
        isSaving={edit.isSaving}
        error={edit.error}
        isStale={edit.isStale}
        onReload={() => void edit.reload((current) => form.setValues(valuesOf(current)))}
      >
        <div className={classes.fields}>
          <TextInput label="Name" data-autofocus {...form.getInputProps('name')} />
          <Select
            label="Device country"
            description="The storage location stays as it is"
            searchable
            allowDeselect={false}
            data={countries}
            {...form.getInputProps('device_country')}
          />
          <TextInput
            label="Usage space, GB"
            description="10⁹ bytes each; empty is unlimited"
            inputMode="decimal"
            {...form.getInputProps('usage_space_gb')}
          />
          <TextInput
            label="Your own id"
            description="How your other systems call it"
            {...form.getInputProps('external_id')}
          />
        </div>
        <div className={classes.switches}>
          <AutoAddField {...form.getInputProps('auto_add_clients', { type: 'checkbox' })} />
          <Checkbox label="E-mail reports" {...form.getInputProps('email_reports', { type: 'checkbox' })} />
        </div>
      </EditDialog>
    </>
  )
}
