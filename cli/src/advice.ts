import type { ProblemCode } from '@tenantree/sdk'

/** What to do about the problems that people meet at a command line. */
export const advice: Partial<Record<ProblemCode, string>> = {
  unauthenticated: 'Run tenantree login.',
  sign_in_failed: 'Check both and run tenantree login again.',
  sign_in_locked: 'Wait 15 minutes.',
  sign_in_link_invalid: 'Ask for a new link, or sign in with a password: tenantree login.',
  not_found: 'Check the id; tenantree tenants list and tenantree invoices list show those that you may see.',
  not_allowed: 'Ask someone with a higher role; tenantree whoami shows yours.',
  too_many_requests: 'Wait a minute and try again.',
  parent_level_invalid: 'tenantree tenants list shows the level of each tenant.',
  service_type_not_offered: 'Choose another --service-type.',
  location_required: 'Add --location.',
  location_unknown: 'Choose another --location.',
  location_fixed_by_country: 'Leave --location out.',
  tenant_name_taken: 'Choose another --name.',
  unavailable: 'Try again in a moment; tenantree doctor looks for the cause.',
  internal_error: "Tell the server's operator the request id.",
}
