import type { CallContext } from '../../kernel/context.ts'
import type { Instant } from '../../kernel/time.ts'
import { queueMail } from '../../mails/index.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import type { DueTask } from '../../platform/due.ts'
import { claimEndingCustomers, type Ending, hasRefusedMails } from '../../tenants/index.ts'
import * as repository from './repository.ts'
import type { Unsubscribing } from './unsubscribe.ts'

type Kind = {
  name: string
  claim(tx: Transaction, now: Instant): Promise<Ending[]>
  /** Null where there is nothing left to announce. */
  describe(tx: Transaction, ending: Ending, customer: repository.Customer): Promise<repository.What | null>
}

const kinds: readonly Kind[] = [
  {
    name: 'customer',
    claim: claimEndingCustomers,
    describe: async (_tx, _ending, { name }) => ({ what: name, at_end: 'convert' }),
  },
  { name: 'subscription', claim: repository.claimEndingSubscriptions, describe: repository.describeSubscription },
  { name: 'device', claim: repository.claimEndingDevices, describe: repository.describeDevice },
  { name: 'license', claim: repository.claimEndingLicenses, describe: repository.describeLicense },
]

export type Announcing = { baseUrl: () => string; unsubscribing: Unsubscribing }

/** Mails 7 days and 1 day before a trial ends, once each. R-TRIAL-5. */
export const announcements = (db: Database, announcing: Announcing): DueTask => ({
  name: 'trials.announcements',
  async run(call) {
    for (const kind of kinds) while ((await announceSome(db, call, kind, announcing)) > 0);
  },
})

const announceSome = (db: Database, call: CallContext, kind: Kind, announcing: Announcing): Promise<number> =>
  db.work(call, async (tx) => {
    const endings = await kind.claim(tx, call.now)
    for (const ending of endings) {
      const customer = await repository.findCustomer(tx, ending)
      if (customer === null || (await hasRefusedMails(tx, customer))) continue
      const what = await kind.describe(tx, ending, customer)
      if (what !== null) await write(tx, call, { kind, ending, customer, what, announcing })
    }
    return endings.length
  })

type Announcement = {
  kind: Kind
  ending: Ending
  customer: repository.Customer
  what: repository.What
  announcing: Announcing
}

async function write(tx: Transaction, call: CallContext, { kind, ending, customer, what, announcing }: Announcement) {
  const { unsubscribing, baseUrl } = announcing
  for (const { address, name } of await repository.listReaders(tx, customer)) {
    await queueMail(tx, call, {
      tenant: customer,
      template: 'trial_ending',
      to: { address, name: name ?? customer.name },
      data: {
        ...what,
        name,
        tenant_name: customer.name,
        ends_at: ending.ends_at,
        days: ending.days,
        console_url: `${baseUrl()}/t/${customer.id}/trials`,
        unsubscribe_url: `${baseUrl()}/unsubscribe?token=${unsubscribing.toToken(customer.id)}`,
      },
      dedupeKey: `trial_ending:${kind.name}:${ending.id}:${ending.ends_at}:${ending.days}:${address.toLowerCase()}`,
    })
  }
}
