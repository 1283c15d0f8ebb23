import type { UseFormReturnType } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { fieldErrorsOf, findProblem, isProblem } from '../../api/problem.ts'
import { tenantQuery, useUpdateTenant } from '../../api/tenants.ts'
import type { Tenant, UpdateTenant } from '../../api/types.ts'

/**
 * Saves a change against the version that the form was filled from. Where someone else was faster, `reload` fetches the
 * current version; `onReloaded` fills the form from it.
 */
export function useEditTenant<Values>(tenant: Tenant, form: UseFormReturnType<Values>) {
  const update = useUpdateTenant(tenant.id)
  const queryClient = useQueryClient()

  const save = (change: UpdateTenant, onDone: () => void) =>
    update.mutate(
      { version: tenant.version, change },
      {
        onSuccess: () => {
          notifications.show({ message: 'Saved.' })
          onDone()
        },
        onError: (error) => {
          const problem = findProblem(error)
          if (problem) form.setErrors(fieldErrorsOf(problem))
        },
      },
    )
  const reload = async (onReloaded: (current: Tenant) => void) => {
    const current = await queryClient.fetchQuery({ ...tenantQuery(tenant.id), staleTime: 0 })
    update.reset()
    onReloaded(current)
  }
  return {
    save,
    reload,
    isSaving: update.isPending,
    error: update.error,
    isStale: isProblem(update.error, 'stale_version'),
    reset: update.reset,
  }
}
