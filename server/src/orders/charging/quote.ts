import { sql } from 'kysely'
import { type Money, sum } from '../../kernel/money.ts'
import type { Transaction } from '../../platform/database.ts'
import { type Added, type AskedRate, findAskedPrice } from '../../pricing/index.ts'
import { type Ask, askOnce } from './ask-once.ts'
import { keyOf, type RatedMonth, type RateFact, rateMonth } from './domain.ts'
import { listRoots } from './repository.ts'

/** What whole packages or a minimum add, or what becomes of the price of the month's other orders: not the line's own amount. */
export type QuotedAddition = { offerId: string; reason: Added['reason'] | 'others'; amount: Money }
export type Quote = {
  /** In the order of the new periods. */
  lines: { asked: AskedRate; amount: Money; rated: RatedMonth<RateFact> }[]
  additions: QuotedAddition[]
  /** What the month's invoice of the edge will hold more. */
  total: Money
}
type QuotedEdge = { sellerId: string; buyerId: string; buyerPath: string }

/**
 * What periods that are about to begin change on the invoice of their month, by what else has begun in it: tiers, packages and minimums hold for the sum of
 * an edge, offer and month. Answers null where a price is missing. R-PRICE-1, R-BUY-3. `tx` is in the scope of an end of the edge.
 */
export async function quotePeriods(
  tx: Transaction,
  edge: QuotedEdge,
  begins: readonly RateFact[],
): Promise<Quote | null> {
  const ask = askOnce(askFor(tx, edge))
  const asked: AskedRate[] = []
  for (const fact of begins) {
    const rate = await ask(fact)
    if (rate === null) return null
    asked.push(rate)
  }
  const others = asked.some(isShared) ? await listOthers(tx, edge, { begins, ask }) : []
  return toQuote(begins, asked, others)
}

/** Whether what one order is charged hangs on the others. */
const isShared = ({ rate, minimum }: AskedRate): boolean => rate.model !== 'per_unit' || minimum !== null

const askFor =
  (tx: Transaction, { buyerPath }: QuotedEdge): Ask =>
  ({ offer_id: offerId, term, payment_mode: period, priced_on: day }) =>
    findAskedPrice(tx, { buyerPath, offerId, term, period, day })

type Other = { key: string; fact: RateFact }

/** What has begun on the edge in the same months, by the price that it began with. */
async function listOthers(
  tx: Transaction,
  edge: QuotedEdge,
  { begins, ask }: { begins: readonly RateFact[]; ask: Ask },
): Promise<Other[]> {
  const { rows } = await sql<{ place: string }>`
    select p.place from app.edge_places(${edge.sellerId}, ${edge.buyerId}) p (place)`.execute(tx.tables())
  const months = [...new Set(begins.map((fact) => fact.rated_month))]
  const roots = await listRoots(
    tx,
    rows.map(({ place }) => place),
    months,
  )
  const others: Other[] = []
  for (const fact of roots) others.push({ key: keyOf(fact, await ask(fact)), fact })
  return others
}

function toQuote(begins: readonly RateFact[], asked: readonly AskedRate[], others: readonly Other[]): Quote {
  const { currency } = asked[0]!
  const keys = begins.map((fact, index) => keyOf(fact, asked[index]!))
  const changes = new Map(
    [...new Set(keys)].map((key) => {
      const index = keys.indexOf(key)
      const before = others.filter((other) => other.key === key).map(({ fact }) => fact)
      const added = begins.filter((_, at) => keys[at] === key)
      return [key, compareMonths(begins[index]!.offer_id, asked[index]!, { before, added })]
    }),
  )
  const lines = begins.map((fact, index) => {
    const { after } = changes.get(keys[index]!)!
    return { asked: asked[index]!, amount: after.amounts.get(fact.id)!, rated: after }
  })
  const additions = [...changes.values()].flatMap((change) => change.additions)
  const amounts = [...lines.map((line) => line.amount), ...additions.map((addition) => addition.amount)]
  return { lines, additions, total: sum(amounts, currency) }
}

function compareMonths(
  offerId: string,
  asked: AskedRate,
  { before, added }: { before: readonly RateFact[]; added: readonly RateFact[] },
): { after: RatedMonth<RateFact>; additions: QuotedAddition[] } {
  const earlier = rateMonth(before, asked)
  const after = rateMonth([...before, ...added], asked)
  const ofReason = ({ rating }: RatedMonth<RateFact>, reason: Added['reason']) =>
    rating.added.find((one) => one.reason === reason)?.amount.minor ?? 0n
  const ofOthers = ({ amounts }: RatedMonth<RateFact>) =>
    before.reduce((total, { id }) => total + (amounts.get(id)?.minor ?? 0n), 0n)
  const reasons = [
    { reason: 'package' as const, minor: ofReason(after, 'package') - ofReason(earlier, 'package') },
    { reason: 'minimum' as const, minor: ofReason(after, 'minimum') - ofReason(earlier, 'minimum') },
    { reason: 'others' as const, minor: ofOthers(after) - ofOthers(earlier) },
  ]
  return {
    after,
    additions: reasons
      .filter(({ minor }) => minor !== 0n)
      .map(({ reason, minor }) => ({ offerId, reason, amount: { minor, currency: asked.currency } })),
  }
}
