import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useNavigate } from '@tanstack/react-router'
import { fieldErrorsOf, findProblem } from '../../api/problem.ts'
import { useCreateTenant, useStorageLocations } from '../../api/tenants.ts'
import type { ProblemCode, StorageLocation, Tenant } from '../../api/types.ts'
import { initialValues, type TenantValues, toCreateTenant } from './tenant-form.ts'

/** Problems that belong beside one field though the server points at none. */
const fieldOfCode: Partial<Record<ProblemCode, keyof TenantValues>> = {
  tenant_name_taken: 'name',
  location_required: 'storage_location',
  location_unknown: 'storage_location',
  service_type_not_offered: 'service_type',
}

const isRequired = (text: string) => (text.trim() === '' ? 'Required' : null)

/** The location that the country sets, if it hosts storage; a withdrawn one sets nothing. R-PLACE-2. */
const findOwnLocation = (locations: readonly StorageLocation[] | undefined, country: string) =>
  locations?.find((location) => location.offered && location.country === country)

export function useAddTenant(parent: Tenant) {
  const navigate = useNavigate()
  const create = useCreateTenant()
  const locations = useStorageLocations().data
  const form = useForm<TenantValues>({
    initialValues: initialValues(parent),
    validate: {
      name: isRequired,
      device_country: isRequired,
      storage_location: (value, values) =>
        value || findOwnLocation(locations, values.device_country) ? null : 'Choose a storage location',
    },
  })
  const ownLocation = findOwnLocation(locations, form.values.device_country)

  const showErrors = (error: unknown) => {
    const problem = findProblem(error)
    if (!problem) return
    const field = fieldOfCode[problem.code]
    form.setErrors({ ...(field && { [field]: problem.title }), ...fieldErrorsOf(problem) })
  }
  const save = form.onSubmit((values) =>
    create.mutate(toCreateTenant(parent.id, values, ownLocation !== undefined), {
      onError: showErrors,
      onSuccess: (tenant) => {
        notifications.show({ message: `${tenant.name} is added.` })
        void navigate({ to: '/t/$tenantId/details', params: { tenantId: tenant.id } })
      },
    }),
  )
  const offered = (locations ?? []).filter((location) => location.offered)
  return { form, save, isSaving: create.isPending, error: create.error, ownLocation, locations: offered }
}

export type AddTenantState = ReturnType<typeof useAddTenant>
