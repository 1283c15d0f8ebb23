import type { ProblemCode } from '@tenantree/contract/problems'

export const constraints: Record<string, ProblemCode> = {
  subscriptions_product: 'subscription_exists',
  device_trials_running: 'state_conflict',
  file_policies_position: 'file_policies_changed',
}
