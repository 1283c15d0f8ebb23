import type { AskedRate } from '../../pricing/index.ts'
import type { RateFact } from './domain.ts'

export type Ask = (fact: RateFact) => Promise<AskedRate | null>

/** Asks once for each price, however many facts are charged by it. */
export function askOnce(ask: Ask): Ask {
  const known = new Map<string, Promise<AskedRate | null>>()
  return (fact) => {
    const key = [fact.offer_id, fact.term, fact.payment_mode, fact.priced_on].join(' ')
    const found = known.get(key) ?? ask(fact)
    known.set(key, found)
    return found
  }
}
