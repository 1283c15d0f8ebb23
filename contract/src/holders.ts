import * as z from 'zod'
import { id, instant, line, pageOf, pageQuery } from './common.ts'

const search = z.string().trim().min(1).max(200).optional()

export const subscriberState = z.enum(['invited', 'activated', 'removed', 'withdrawn'])
/** A person to whom licenses are assigned; never signs in to the console. R-SUB-2. */
export const subscriber = z
  .strictObject({
    id,
    tenant_id: id,
    tenant_name: z.string(),
    name: z.string().nullable().meta({ description: 'null once it is erased' }),
    email: z.string().nullable().meta({ description: 'null once it is erased' }),
    state: subscriberState,
    created_at: instant,
    removed_at: instant.nullable(),
  })
  .meta({ id: 'Subscriber' })
export type Subscriber = z.infer<typeof subscriber>
export const subscriberPage = pageOf(subscriber).meta({ id: 'SubscriberPage' })
export const subscriberQuery = z.strictObject({
  ...pageQuery,
  tenant_id: id.optional().meta({ description: 'Subscribers of this tenant and everything below it' }),
  state: subscriberState.optional().meta({ description: 'If left out: those who are invited or activated' }),
  q: search.meta({ description: 'Part of the name or the e-mail address, letter case aside' }),
})
export const createSubscriber = z
  .strictObject({
    tenant_id: id.meta({ description: 'An end customer or site' }),
    email: z.email().max(254),
    name: line(200),
  })
  .meta({ id: 'CreateSubscriber' })

export const registerState = z.enum(['active', 'removed'])
/** A network device that needs a license of its own. */
export const gateway = z
  .strictObject({
    id,
    tenant_id: id,
    tenant_name: z.string(),
    name: z.string(),
    state: registerState,
    created_at: instant,
    removed_at: instant.nullable(),
  })
  .meta({ id: 'Gateway' })
export type Gateway = z.infer<typeof gateway>
export const gatewayPage = pageOf(gateway).meta({ id: 'GatewayPage' })
export const gatewayQuery = z.strictObject({
  ...pageQuery,
  tenant_id: id.optional().meta({ description: 'Gateways of this tenant and everything below it' }),
  state: registerState.default('active'),
  q: search.meta({ description: 'Part of the name, letter case aside' }),
})
export const createGateway = z.strictObject({ tenant_id: id, name: line(200) }).meta({ id: 'CreateGateway' })

export const domainKind = z.enum(['microsoft_365', 'google_workspace'])
export const domainName = z
  .string()
  .trim()
  .max(253)
  .regex(
    /^(?=.{3,253}$)([\p{L}\p{N}]([\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}][\p{L}\p{N}-]{0,61}[\p{L}\p{N}]$/u,
    'must be a domain name, such as example.com',
  )
/** A domain of a customer's mail and documents. Its name is compared without letter case. R-LIC-1. */
export const domain = z
  .strictObject({
    id,
    tenant_id: id,
    tenant_name: z.string(),
    name: z.string(),
    kind: domainKind,
    state: registerState,
    created_at: instant,
    removed_at: instant.nullable(),
  })
  .meta({ id: 'Domain' })
export type Domain = z.infer<typeof domain>
export const domainPage = pageOf(domain).meta({ id: 'DomainPage' })
export const domainQuery = z.strictObject({
  ...pageQuery,
  tenant_id: id.optional().meta({ description: 'Domains of this tenant and everything below it' }),
  kind: domainKind.optional(),
  state: registerState.default('active'),
  q: search.meta({ description: 'Part of the name, letter case aside' }),
})
export const createDomain = z
  .strictObject({
    tenant_id: id.meta({ description: 'An end customer or site' }),
    name: domainName,
    kind: domainKind,
  })
  .meta({ id: 'CreateDomain' })
