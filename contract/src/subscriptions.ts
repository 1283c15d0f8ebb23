import * as z from 'zod'
import { day, id, instant, pageOf, pageQuery } from './common.ts'
import { offerRef } from './offers.ts'

export const subscriptionState = z.enum(['in_trial', 'active', 'ended'])
export type SubscriptionState = z.infer<typeof subscriptionState>
/** What happens at the end of a trial of something that is billed after use. R-TRIAL-2. */
export const subscriptionEndPolicy = z.enum(['convert', 'deactivate'])

export const subscription = z
  .strictObject({
    id,
    tenant_id: id,
    tenant_name: z.string(),
    offer: offerRef,
    state: subscriptionState,
    started_on: day,
    trial: z
      .strictObject({
        ends_at: instant,
        end_policy: subscriptionEndPolicy.meta({ description: 'convert: it becomes active; deactivate: it ends' }),
      })
      .nullable()
      .meta({ description: 'null: it was never in trial' }),
    charged_from: day.nullable().meta({ description: 'The first day that no trial of its own covers; null: none is' }),
    ended_on: day.nullable().meta({ description: 'Its last day, which is charged still' }),
    created_at: instant,
    version: z.int(),
  })
  .meta({ id: 'Subscription' })
export type Subscription = z.infer<typeof subscription>
export const subscriptionPage = pageOf(subscription).meta({ id: 'SubscriptionPage' })
export const subscriptionQuery = z.strictObject({
  ...pageQuery,
  tenant_id: id.optional().meta({ description: 'Of this tenant and everything below it' }),
  state: subscriptionState.optional(),
})
export const createSubscription = z
  .strictObject({
    tenant_id: id,
    offer_id: id,
    in_trial: z.boolean().default(false).meta({ description: 'Only where the offer has a trial' }),
  })
  .meta({ id: 'CreateSubscription' })
export const setSubscriptionState = z.strictObject({ state: subscriptionState }).meta({ id: 'SetSubscriptionState' })

/** Who wants no mails about the ends of trials. R-TRIAL-5. */
export const trialMails = z
  .strictObject({ enabled: z.boolean().meta({ description: 'Mails 7 days and 1 day before a trial ends' }) })
  .meta({ id: 'TrialMails' })
export const unsubscribe = z.strictObject({ token: z.string().min(1).max(500) }).meta({ id: 'Unsubscribe' })
export const unsubscribed = z.strictObject({ tenant_name: z.string() }).meta({ id: 'Unsubscribed' })
