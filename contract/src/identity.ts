import * as z from 'zod'
import { id, instant, line, pageOf, pageQuery } from './common.ts'
import { mailDelivery, shownBranding } from './mails.ts'
import { level, tenantRef } from './tenants.ts'

export const roles = ['superuser', 'administrator', 'manager', 'operator', 'supporter', 'finance'] as const
export const role = z.enum(roles)
export type Role = z.infer<typeof role>
/** What a role may allow; the console hides what is not in `me.may`. Reading needs none of them. */
export const permissions = [
  'tenants.create',
  'tenants.edit',
  'tenants.inactivate',
  'tenants.delete',
  'tenants.move',
  'tenants.relocate',
  'users.create',
  'users.edit',
  'api_keys.manage',
  'single_sign_on.manage',
  'offers.create',
  'offers.enable',
  'prices.manage',
  'subscriptions.create',
  'subscriptions.end',
  'trials.edit',
  'file_policies.edit',
  'install_tokens.create',
  'holders.manage',
  'devices.delete',
  'licenses.assign',
  'licenses.manage',
  'orders.place',
  'billing.run',
  'clock.move',
  'mails.resend',
  'branding.edit',
  'keeping.edit',
] as const
/** Rights beside the role. R-USER-2. */
export const flags = ['may_purchase', 'security_officer', 'support'] as const
export type Flag = (typeof flags)[number]
export const permission = z.enum(permissions)
export type Permission = z.infer<typeof permission>
export const modes = ['production', 'demo', 'test'] as const

export const instance = z
  .strictObject({
    name: z.string(),
    version: z.string(),
    mode: z.enum(modes),
    now: instant,
    clock_movable: z.boolean(),
    mail_delivery: mailDelivery.meta({
      description: 'Where mails go: a server, a mailbox in the console, or nowhere yet',
    }),
  })
  .meta({ id: 'Instance', description: 'What anyone may know before signing in' })

export const demoUser = z
  .strictObject({ email: z.string(), name: z.string(), tenant_name: z.string(), level, role })
  .meta({ id: 'DemoUser' })
export const demoUserPage = pageOf(demoUser).meta({ id: 'DemoUserPage' })

export const signIn = z
  .strictObject({ email: z.string().max(254), password: z.string().max(1024) })
  .meta({ id: 'SignIn' })
export const signInWithLink = z.strictObject({ token: z.string().max(200) }).meta({ id: 'SignInWithLink' })
export const changePassword = z
  .strictObject({ current_password: z.string().max(1024).nullable(), new_password: z.string().max(1024) })
  .meta({ id: 'ChangePassword' })

export const signInMethod = z
  .enum(['password', 'link', 'passkey', 'single_sign_on'])
  .meta({ description: 'How the session came to be' })

export const me = z
  .strictObject({
    user: z.strictObject({
      id,
      email: z.string(),
      name: z.string(),
      role,
      may_purchase: z.boolean(),
      security_officer: z.boolean(),
      support: z.boolean(),
      has_password: z.boolean(),
    }),
    second_factor: z.strictObject({
      enabled: z.boolean(),
      required: z.boolean().meta({ description: 'Asked for by your tenant or one above it' }),
      missing: z.boolean().meta({ description: 'Nothing else works until it is set up' }),
    }),
    sign_in: z.strictObject({
      method: signInMethod,
      single_sign_on_required: z.boolean().meta({ description: 'Of everyone but superusers' }),
    }),
    tenant: tenantRef,
    seller: z.strictObject({ name: z.string() }).nullable().meta({ description: 'Whom the tenant buys from' }),
    branding: shownBranding.nullable().meta({ description: 'Of the tenant itself or of its seller, where one is set' }),
    may: z.array(permission).meta({ description: 'What the role allows here' }),
    session_expires_at: instant,
  })
  .meta({ id: 'Me' })
export type Me = z.infer<typeof me>

export const user = z
  .strictObject({
    id,
    tenant_id: id,
    tenant_name: z.string(),
    email: z.string(),
    name: z.string(),
    role,
    may_purchase: z.boolean(),
    security_officer: z.boolean().meta({ description: 'Sees recovery secrets such as device passwords' }),
    support: z.boolean().meta({ description: 'Vendor support' }),
    second_factor: z.boolean().meta({ description: 'Signs in with a password and a code' }),
    state: z.enum(['invited', 'active']),
    created_at: instant,
    version: z.int().meta({ description: 'Goes up with each change; the ETag' }),
  })
  .meta({ id: 'User' })
export const userPage = pageOf(user).meta({ id: 'UserPage' })
export const userQuery = z.strictObject({ ...pageQuery, tenant_id: id.optional() })
export const createUser = z
  .strictObject({ tenant_id: id, email: z.email().max(254), name: line(200), role })
  .meta({ id: 'CreateUser' })
export const updateUser = z
  .strictObject({
    name: line(200).optional(),
    role: role.optional(),
    may_purchase: z.boolean().optional(),
    security_officer: z.boolean().optional(),
    support: z.boolean().optional(),
  })
  .meta({ id: 'UpdateUser' })
export type UpdateUser = z.infer<typeof updateUser>
export const createdUser = z
  .strictObject({
    user,
    sign_in_url: z.string().meta({ description: 'Single use, seven days; shown once' }),
    sign_in_expires_at: instant,
  })
  .meta({ id: 'CreatedUser' })

export const roleRow = z
  .strictObject({
    role,
    allows: z.array(permission).meta({ description: 'What the role allows at your tenant, beside reading' }),
    grants: z.array(role).meta({ description: 'The roles that it may give to others' }),
  })
  .meta({ id: 'RoleRow' })
export const rolePage = pageOf(roleRow).meta({ id: 'RolePage' })

export const session = z
  .strictObject({
    id,
    current: z.boolean().meta({ description: 'The session that asks' }),
    created_at: instant,
    expires_at: instant,
    address: z.string(),
    user_agent: z.string(),
    method: signInMethod,
  })
  .meta({ id: 'Session' })
export const sessionPage = pageOf(session).meta({ id: 'SessionPage' })
