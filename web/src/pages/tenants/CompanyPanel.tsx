import { Button } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { useMay } from '../../api/may.ts'
import type { Tenant } from '../../api/types.ts'
import { countryName } from '../../format/country.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Facts } from '../../ui/Facts.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { CompanyFields } from './CompanyFields.tsx'
import { EditDialog } from './EditDialog.tsx'
import { companyFields, toCompany, toCompanyValues } from './tenant-form.ts'
import { useEditTenant } from './use-edit-tenant.ts'

const isEmpty = ({ company }: Tenant) => Object.values(company).every((value) => value === null)

export function CompanyPanel({ tenant }: { tenant: Tenant }) {
  const may = useMay('tenants.edit')
  const { company } = tenant
  return (
    <Panel title="Company" actions={may && <EditCompany tenant={tenant} />}>
      {isEmpty(tenant) ? (
        <Empty>Legal name, address and country are needed before the first invoice.</Empty>
      ) : (
        <Facts
          facts={companyFields.map(({ field, label }) => {
            const value = company[field]
            return [label, field === 'country' && value ? countryName(value) : value] as const
          })}
        />
      )}
    </Panel>
  )
}

function EditCompany({ tenant }: { tenant: Tenant }) {
  const [isOpen, dialog] = useDisclosure(false)
  const form = useForm({ initialValues: { company: toCompanyValues(tenant.company) } })
  const edit = useEditTenant(tenant, form)
  const fill = (current: Tenant) => form.setValues({ company: toCompanyValues(current.company) })
  const open = () => {
    edit.reset()
    fill(tenant)
    form.clearErrors()
    dialog.open()
  }
  return (
    <>
      <Button variant="default" size="xs" onClick={open} aria-label="Edit the company data">
        Edit
      </Button>
      <EditDialog
        title="Edit the company data"
        isOpen={isOpen}
        onClose={dialog.close}
        onSubmit={form.onSubmit(({ company }) => edit.save({ company: toCompany(company) }, dialog.close))}
        isSaving={edit.isSaving}
        error={edit.error}
        isStale={edit.isStale}
        onReload={() => void edit.reload(fill)}
      >
        <CompanyFields getInputProps={(field) => form.getInputProps(`company.${field}`)} />
      </EditDialog>
    </>
  )
}
