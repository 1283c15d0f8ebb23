import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import { acts, type Board, findFaults, openBoard } from '../../test/license-board.ts'
import * as licensed from '../../test/licensed.ts'
import { query, warmUp } from '../../test/state.ts'
import { openWorld, type World } from '../../test/world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
  await warmUp(world)
})
afterAll(() => world.close())

type Step = { what: keyof typeof acts; a: number; b: number }
const words = Object.keys(acts) as (keyof typeof acts)[]

it('no license is lost or doubled by any sequence of operations', { timeout: 300_000 }, async () => {
  const boards: Board[] = []
  const done = new Set<string>()
  const step = fc.record({ what: fc.constantFrom(...words), a: fc.nat(30), b: fc.nat(30) })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 60 }), async (sequence: Step[]) => {
      const board = await openBoard(world)
      boards.push(board)
      for (const { what, a, b } of sequence) {
        const { status } = await acts[what](board, a, b)
        expect(status).toBeLessThan(500)
        if (status < 300) done.add(what)
        expect(await findFaults(board), `after ${what} ${a} ${b}`).toEqual([])
      }
    }),
    { numRuns: 5, seed: 20270105, endOnFailure: true },
  )
  // Each act has worked somewhere: a sequence of refusals would prove nothing.
  expect([...done].sort()).toEqual([...words].sort())
  await findPlanted(await openBoard(world))
})

/** Damage that the check has to see, of a license that is held. */
const damages: Record<string, string> = {
  'lost or doubled': 'delete from licenses where id = $1',
  'ended too early': `update licenses set state = 'expired' where id = $1`,
  'over, and held': `update licenses set state = 'expired' where id = $1`,
  'past its end': `update licenses set ends_on = '2027-01-04' where id = $1`,
  'withdrawn, without its order': `update licenses set state = 'withdrawn' where id = $1`,
  'removed, and live': 'update licenses set removed_at = now() where id = $1',
  'cancelled, and renews': `update licenses set state = 'pending_cancel', auto_renew = true where id = $1`,
  'numbers of': `update pool_numbers set unassigned = 0, total = total + 1 where pool_id = (select pool_id from licenses where id = $1)`,
  'a pool without numbers': `delete from pool_numbers where pool_id = (select pool_id from licenses where id = $1)`,
  'not with its holder': `update licenses set path = path || '0001' where id = $1`,
  'owner has moved': `update licenses set owner_path = owner_path || '0001' where id = $1`,
  'pool has moved': `update licenses set pool_path = pool_path || '0001' where id = $1`,
  'history of': `delete from license_events where license_id = $1 and what = 'assigned'`,
  'holdings of': `update license_holdings set to_at = from_at where license_id = $1`,
  'a stranger holds': `update licenses set holder_id = id where id = $1`,
}

async function findPlanted(board: Board): Promise<void> {
  const [id = ''] = board.licenses
  given.expectOk(await licensed.assign(board.as, id, 'device', board.devices[0] ?? ''))
  expect(await findFaults(board)).toEqual([])
  for (const [fault, damage] of Object.entries(damages)) {
    await query(world, 'begin')
    await query(world, damage, [id])
    const found = await findFaults(board)
    await query(world, 'rollback')
    expect(found, damage).toContainEqual(expect.stringContaining(fault))
  }
  expect(await findFaults(board)).toEqual([])
}
