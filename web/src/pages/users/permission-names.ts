import type { Permission } from '../../api/types.ts'
import { toWords } from '../../format/word.ts'

const names: Partial<Record<Permission, string>> = {
  'tenants.create': 'Create tenants',
  'tenants.edit': 'Edit tenants',
  'tenants.inactivate': 'Inactivate and reactivate tenants',
  'tenants.delete': 'Delete and restore tenants',
  'tenants.move': 'Move tenants',
  'tenants.relocate': 'Change a storage location',
  'users.create': 'Invite users',
  'users.edit': 'Edit and remove users',
  'api_keys.manage': 'Manage API keys',
  'offers.create': 'Create offers',
  'offers.enable': 'Enable offers',
  'prices.manage': 'Manage prices',
  'subscriptions.create': 'Create subscriptions',
  'install_tokens.create': 'Create install tokens',
  'billing.run': 'Run the billing',
  'clock.move': 'Move the test clock',
  'mails.resend': 'Send mails again',
  'branding.edit': 'Edit the branding',
}

/** "tenants.edit" is "Edit tenants". */
export const permissionName = (permission: Permission): string =>
  names[permission] ?? toWords(permission.replaceAll('.', ' '))
