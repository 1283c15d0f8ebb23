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
  'single_sign_on.manage': 'Set up single sign-on',
  'offers.create': 'Create offers',
  'offers.enable': 'Enable offers',
  'prices.manage': 'Manage prices',
  'subscriptions.create': 'Create subscriptions',
  'subscriptions.end': 'Make subscriptions active and end them',
  'trials.edit': 'Start and end trials',
  'file_policies.edit': 'Edit file policies',
  'orders.place': 'Preview orders, and place them with the right to purchase',
  'install_tokens.create': 'Create install tokens',
  'holders.manage': 'Add and remove subscribers, gateways and domains',
  'devices.delete': 'Delete devices',
  'licenses.assign': 'Assign and release licenses',
  'licenses.manage': 'Cancel, move and change licenses',
  'billing.run': 'Run the billing',
  'clock.move': 'Move the test clock',
  'mails.resend': 'Send mails again',
  'branding.edit': 'Edit the branding',
  'keeping.edit': 'Set how long records are kept',
}

/** "tenants.edit" is "Edit tenants". */
export const permissionName = (permission: Permission): string =>
  names[permission] ?? toWords(permission.replaceAll('.', ' '))
