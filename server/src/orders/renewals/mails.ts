import * as identity from '../../identity/index.ts'
import type { CallContext } from '../../kernel/context.ts'
import { queueMail } from '../../mails/index.ts'
import type { Transaction } from '../../platform/database.ts'
import { getTenant } from '../payment/settle.ts'
import type { EndingGroup } from './repository.ts'

type News =
  | {
      template: 'renewal_failed'
      key: string
      more: { failure: string; next_attempt_on: string | null }
      endsOn?: string
    }
  | { template: 'license_renewed' | 'license_expiring'; key: string; more: Record<never, never>; endsOn?: string }

/** Tells the buyer what becomes of its licenses, once for a line and a last day. R-MAIL-1. */
export async function tell(tx: Transaction, call: CallContext, group: EndingGroup, news: News): Promise<void> {
  const buyer = await getTenant(tx, group, group.buyer_id)
  for (const to of await identity.listPurchasers(tx, buyer)) {
    const data = {
      user_name: to.name,
      tenant_name: buyer.name,
      offer: `${group.product} ${group.edition}`,
      quantity: group.quantity,
      ends_on: news.endsOn ?? group.ends_on,
    }
    const dedupeKey = [news.template, group.order_line_id, group.offer_id, group.ends_on, news.key, to.address].join(
      ':',
    )
    if (news.template === 'renewal_failed')
      await queueMail(tx, call, {
        tenant: buyer,
        template: news.template,
        to,
        data: { ...data, ...news.more },
        dedupeKey,
      })
    else await queueMail(tx, call, { tenant: buyer, template: news.template, to, data, dedupeKey })
  }
}
