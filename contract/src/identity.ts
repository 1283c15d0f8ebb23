import * as z from 'zod'
import { id, instant, line, pageOf, pageQuery } from './common.ts'
import { level, tenantRef } from './tenants.ts'

export const roles = ['superuser', 'administrator', 'manager', 'operator', 'supporter', 'finance'] as const
export const role = z.enum(roles)
export type Role = z.infer<typeof role>
/** What a role may allow; the console hides what is not in `me.may`. Reading needs none of them. */
export const permissions = [
  'tenants.create',
  'tenants.edit',
  'users.create',
  'offers.create',
  'offers.enable',
  'prices.manage',
  'subscriptions.create',
  'install_tokens.create',
  'billing.run',
  'clock.move',
] as const
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

export const me = z
  .strictObject({
    user: z.strictObject({
      id,
      email: z.string(),
      name: z.string(),
      role,
      may_purchase: z.boolean(),
      has_password: z.boolean(),
    }),
    tenant: tenantRef,
    seller: z.strictObject({ name: z.string() }).nullable().meta({ description: 'Whom the tenant buys from' }),
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
    state: z.enum(['invited', 'active']),
    created_at: instant,
  })
  .meta({ id: 'User' })
export const userPage = pageOf(user).meta({ id: 'UserPage' })
export const userQuery = z.strictObject({ ...pageQuery, tenant_id: id.optional() })
export const createUser = z
  .strictObject({ tenant_id: id, email: z.email().max(254), name: line(200), role })
  .meta({ id: 'CreateUser' })
export const createdUser = z
  .strictObject({
    user,
    sign_in_url: z.string().meta({ description: 'Single use, seven days; shown once' }),
    sign_in_expires_at: instant,
  })
  .meta({ id: 'CreatedUser' })
