import type pg from 'pg'
import type { Race } from './race.ts'

/** What has to hold after a race, each by its name; `broken` has those that do not, with what was found. */
export type Found = { over: number; short: number; retries: number; broken: string[] }
export type Counts = Record<string, number>

/** The rows of every table. */
export async function countRows(bare: pg.Client): Promise<Counts> {
  const { rows: tables } = await bare.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname in ('public', 'app') and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
  )
  const each = tables.map(({ name }) => `select '${name}' as name, count(*)::int as n from ${name}`)
  const { rows } = await bare.query<{ name: string; n: number }>(each.join(' union all '))
  return Object.fromEntries(rows.map(({ name, n }) => [name, n]))
}

/** How many rows more there are in each table. */
export const toAdded = (before: Counts, after: Counts): Counts =>
  Object.fromEntries(
    Object.entries(after).flatMap(([name, n]) => (n === before[name] ? [] : [[name, n - (before[name] ?? 0)]])),
  )

/** The numbers of the pool, as they are kept and as the licenses say. */
export async function readPool(
  bare: pg.Client,
  poolId: string,
): Promise<{ kept: string; counted: string; unassigned: number }> {
  const { rows } = await bare.query(
    `select n.total, n.unassigned, c.* from pool_numbers n, lateral (
       select count(*)::int as counted_total, (count(*) filter (where l.holder_id is null))::int as counted_free from licenses l
       where l.pool_id = n.pool_id and l.unit = n.unit and l.state in ('unassigned', 'assigned', 'pending_cancel')) c
     where n.pool_id = $1 and n.unit = 'device'`,
    [poolId],
  )
  const { total, unassigned, counted_total, counted_free } = rows[0]
  return { kept: `${total} with ${unassigned} free`, counted: `${counted_total} with ${counted_free} free`, unassigned }
}

type After = { race: Race; poolId: string; unassignedBefore: number; added: Counts }

/** Compares what the clients were told with what stands in the database. R-LIC-1, R-LIC-2, R-POOL-2, R-AUDIT-1. */
export async function check(bare: pg.Client, { race, poolId, unassignedBefore, added }: After): Promise<Found> {
  const { stock, told } = race
  const won = told.filter(({ licenseId }) => licenseId !== null)
  const others = told.filter(({ licenseId, isRefused }) => licenseId === null && !isRefused)
  const due = Math.min(stock.licenses, told.length)
  const distinct = new Set(won.map(({ licenseId }) => licenseId)).size
  const over = Math.max(0, won.length - due) + (won.length - distinct)
  const short = Math.max(0, due - distinct)
  const pool = await readPool(bare, poolId)
  const broken = [
    ...named(
      'never_over',
      over === 0,
      `${won.length} claims succeeded on ${stock.licenses} licenses, ${distinct} different ones`,
    ),
    ...named(
      'never_short',
      short === 0,
      `${distinct} of ${due} licenses were given, and ${told.length - won.length} claims were refused`,
    ),
    ...named(
      'no_retry',
      others.length === 0,
      `${others.length} answers that ask for another try, such as ${others[0]?.said}`,
    ),
    ...named('one_each', await isOneEach(bare, race), 'holders in the database are not those who were told so'),
    ...named(
      'pool_numbers',
      pool.kept === pool.counted,
      `the pool says ${pool.kept}, its licenses say ${pool.counted}`,
    ),
    ...(await checkAudit(bare, race, unassignedBefore)),
    ...checkAdded(race, won.length, added),
  ]
  return { over, short, retries: others.length, broken }
}

const named = (name: string, holds: boolean, found: string): string[] => (holds ? [] : [`${name}: ${found}`])

async function isOneEach(bare: pg.Client, { stock, told }: Race): Promise<boolean> {
  const { rows } = await bare.query<{ pair: string }>(
    `select id || ' ' || holder_id as pair from licenses where offer_id = $1 and holder_id is not null order by 1`,
    [stock.offerId],
  )
  const pairs = told
    .flatMap(({ licenseId, device }) => (licenseId === null ? [] : [`${licenseId} ${device.id}`]))
    .sort()
  return JSON.stringify(rows.map(({ pair }) => pair)) === JSON.stringify(pairs)
}

/** Each success has one entry at the pool's owner with the numbers right after it, each number once, and one at the holder's tenant without them. */
async function checkAudit(bare: pg.Client, { stock, told }: Race, unassignedBefore: number): Promise<string[]> {
  const { rows } = await bare.query<{ unassigned: number | null; n: number }>(
    `select (after ->> 'device_unassigned')::int as unassigned, count(*)::int as n from audit_entries e
     where action = 'license.assigned' and after ->> 'offer_id' = $1 group by 1 order by 1 desc nulls last`,
    [stock.offerId],
  )
  const won = told.filter(({ licenseId }) => licenseId !== null).length
  const numbers = rows.flatMap(({ unassigned, n }) => (unassigned === null ? [] : Array<number>(n).fill(unassigned)))
  const expected = Array.from({ length: won }, (_, n) => unassignedBefore - 1 - n)
  const holders = rows.find(({ unassigned }) => unassigned === null)?.n ?? 0
  return [
    ...named(
      'audit',
      numbers.length === won && holders === won,
      `${numbers.length} entries of the owner and ${holders} of holders for ${won} claims`,
    ),
    ...named(
      'audit_numbers',
      JSON.stringify(numbers) === JSON.stringify(expected),
      'the numbers after each change are not each once, one less each time',
    ),
  ]
}

/** What each claim writes, a row of each; a refused one writes nothing. */
function checkAdded({ isKeyed }: Race, won: number, added: Counts): string[] {
  const expected: Counts = {
    audit_entries: 2 * won,
    audit_personal: 2 * won,
    ...(isKeyed ? { idempotency_keys: won } : {}),
    license_events: won,
    license_holdings: won,
    outbox: won,
  }
  const names = [...new Set([...Object.keys(added), ...Object.keys(expected)])].sort()
  return names.flatMap((name) =>
    named(
      'rows',
      (added[name] ?? 0) === (expected[name] ?? 0),
      `${added[name] ?? 0} in ${name} for ${won} claims, not ${expected[name] ?? 0}`,
    ),
  )
}
