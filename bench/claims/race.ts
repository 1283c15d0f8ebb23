import type { Device, Stock } from './world.ts'

/** What one claim was told: a license, that there is none, or anything else, which a client would have to try again. */
export type Told = { device: Device; licenseId: string | null; isRefused: boolean; said: string }

export type Kind = 'agent' | 'assign'
export type Race = {
  /** http, sql or ours, for the messages. */
  name: string
  /** Whether each claim came with an idempotency key. */
  isKeyed: boolean
  stock: Stock
  told: Told[]
  /** From the first claim to the last answer. */
  wallMs: number
  /** CPU of whoever claims (the servers', or the script's) and of the database's processes; null where the system does not tell. */
  cpuMs: { claimer: number; database: number | null }
}

/** So many at once, one after the other each, until all are done. */
export async function inTurns<Item>(
  workers: number,
  items: readonly Item[],
  act: (item: Item, worker: number) => Promise<void>,
): Promise<void> {
  let next = 0
  const work = async (worker: number) => {
    for (let at = next++; at < items.length; at = next++) await act(items[at]!, worker)
  }
  await Promise.all(Array.from({ length: workers }, (_, worker) => work(worker)))
}
