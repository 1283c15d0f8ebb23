import * as z from 'zod'
import { id, instant, pageOf, pageQuery } from './common.ts'
import { offerRef, trialEndPolicy } from './offers.ts'

export const trialOutcome = z.enum(['running', 'converted', 'deactivated', 'taken_from_pool', 'unlicensed'])
export type TrialOutcome = z.infer<typeof trialOutcome>

/** The last trial of a device. */
export const deviceTrial = z
  .strictObject({
    device_id: id,
    offer: offerRef,
    started_at: instant,
    ends_at: instant,
    end_policy: trialEndPolicy,
    outcome: trialOutcome,
    ended_at: instant.nullable(),
    switched_at: instant.nullable().meta({ description: 'When someone switched the device to paid' }),
    is_paid: z.boolean(),
  })
  .meta({ id: 'DeviceTrial' })
export type DeviceTrial = z.infer<typeof deviceTrial>
export const startDeviceTrial = z.strictObject({ offer_id: id }).meta({ id: 'StartDeviceTrial' })
export const paidDevice = z
  .strictObject({
    device_id: id,
    trial: deviceTrial.nullable().meta({ description: 'null: it never was in trial' }),
  })
  .meta({ id: 'PaidDevice' })

export const trialKind = z.enum(['customer', 'subscription', 'device', 'license'])
export type TrialKind = z.infer<typeof trialKind>

/** Something that is in trial now. */
export const trial = z
  .strictObject({
    kind: trialKind,
    id: id.meta({ description: 'Of the end customer, the subscription, the device or the license' }),
    name: z.string(),
    tenant_id: id,
    tenant_name: z.string(),
    offer: offerRef.nullable().meta({ description: 'null: the end customer itself is in trial' }),
    started_at: instant,
    ends_at: instant,
    at_end: z.enum(['convert', 'deactivate', 'take_from_pool', 'expire']).meta({
      description: 'What happens then: it is charged from then on, stops, takes a license of the pool, or expires',
    }),
  })
  .meta({ id: 'Trial' })
export type Trial = z.infer<typeof trial>
export const trialPage = pageOf(trial).meta({ id: 'TrialPage' })
export const trialQuery = z.strictObject({
  ...pageQuery,
  tenant_id: id.optional().meta({ description: 'Of this tenant and everything below it' }),
  kind: trialKind.optional(),
  within_days: z.coerce.number().int().min(1).max(366).optional().meta({ description: 'Ends in at most so many days' }),
})
