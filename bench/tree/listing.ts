import { toScope } from '../../server/src/identity/index.ts'
import type { CallContext } from '../../server/src/kernel/context.ts'
import { joining } from '../../server/src/platform/database.ts'
import { listTenants } from '../../server/src/tenants/queries.ts'
import { words } from './cases.ts'
import { bareList } from './sql.ts'
import type { Seat, World } from './world.ts'

type What = { order: 'name' | '-created_at'; q?: string }

const listPage = ({ application: { db } }: World, call: CallContext, { order, q }: What, cursor?: string) =>
  listTenants(db, call, {
    limit: 50,
    sort: order,
    ...(q === undefined ? {} : { q }),
    ...(cursor === undefined ? {} : { cursor }),
  })

/**
 * Milliseconds of the list inside a transaction that has entered the scope: its statement under row-level security, made and read. What begin,
 * enter and commit cost on top is in the CPU figure and in what is asked over HTTP.
 */
export async function timeList(world: World, seat: Seat, what: What): Promise<number> {
  const { db } = world.application
  const call = toCall(seat, db.clock.now())
  return db.transaction(call, async (tx) => {
    const from = performance.now()
    await listPage(world, joining(call, tx), what)
    return performance.now() - from
  })
}

const orders = ['name', '-created_at'] as const
const lists = orders.flatMap((order): What[] => [{ order }, ...words.map((q) => ({ order, q }))])

/** What is fast has to be right first: three pages of every list and search are the first rows of the bare SQL. Throws where they are not. */
export async function checkLists(world: World, seats: ReadonlyMap<string, Seat>): Promise<void> {
  for (const [top, seat] of seats) {
    for (const what of lists) {
      const ids = await walk(world, seat, what)
      const { rows } = await world.bare.query<{ id: string }>(bareList(seat.path, { ...what, limit: 150 }))
      if (ids.join() === rows.map(({ id }) => id).join()) continue
      throw new Error(`${top} of ${world.size}, ${what.order} ${what.q ?? ''}: not the rows of the bare SQL`)
    }
  }
}

async function walk(world: World, seat: Seat, what: What): Promise<string[]> {
  const call = toCall(seat, world.application.db.clock.now())
  const ids: string[] = []
  let cursor: string | undefined
  do {
    const page = await listPage(world, call, what, cursor)
    ids.push(...page.data.map(({ id }) => id))
    cursor = page.next ?? undefined
  } while (cursor !== undefined && ids.length < 150)
  return ids
}

const toCall = (seat: Seat, now: CallContext['now']): CallContext => ({
  scope: toScope(
    { kind: 'user', id: null },
    {
      tenant_id: seat.id,
      realm_id: seat.realmId,
      path: seat.path,
      level: seat.realmId === 0n ? 'vendor' : 'distributor',
    },
  ),
  now,
  requestId: 'bench',
  address: 'bench',
  may: new Set(),
})
