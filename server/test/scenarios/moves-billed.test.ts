import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addFractions, type Fraction, toFraction, toFractionText } from '../../src/kernel/fraction.ts'
import { priceOfPart, toDecimal } from '../../src/kernel/money.ts'
import * as given from '../given.ts'
import { listAll, query } from '../state.ts'
import { type Client, openWorld, type World } from '../world.ts'

/** A month of random moves, and what R-BILL-9 says of it told day by day, without places, masks or SQL. */
const month = '2027-05'
const days = Array.from({ length: 31 }, (_, index) => index + 1)
const seed = 20_270_512

type Seat = { id: string; as: Client }
type Plan = { start: number; moves: { day: number; to: number; isLate: boolean }[]; signals: number[]; trial: boolean }

const plans = fc.sample(
  fc.record({
    start: fc.nat({ max: 3 }),
    moves: fc.array(
      fc.record({
        day: fc.oneof(fc.constantFrom(1, 2, 30, 31), fc.integer({ min: 1, max: 31 })),
        to: fc.nat({ max: 3 }),
        isLate: fc.boolean(),
      }),
      { maxLength: 4 },
    ),
    signals: fc.uniqueArray(fc.integer({ min: 1, max: 31 }), { minLength: 1, maxLength: 12 }),
    trial: fc.boolean(),
  }),
  { numRuns: 9, seed },
) satisfies Plan[]
/** There and back, and both on one day. */
plans.push(
  {
    start: 0,
    moves: [
      { day: 10, to: 2, isLate: false },
      { day: 20, to: 0, isLate: true },
    ],
    signals: [3, 10, 15, 20, 25],
    trial: false,
  },
  {
    start: 1,
    moves: [
      { day: 12, to: 3, isLate: false },
      { day: 12, to: 1, isLate: true },
    ],
    signals: [11, 12, 13],
    trial: false,
  },
)
/** A reseller that goes to the other sub-distributor with all its customers, and one that comes back. */
const resellerMoves = [
  { day: 7, reseller: 1, to: 1 },
  { day: 16, reseller: 2, to: 0 },
  { day: 23, reseller: 1, to: 0 },
]

let world: World
let offerId: string
const distributors: Seat[] = []
const subs: Seat[] = []
const resellers: Seat[] = []
const customers: Seat[] = []
const sitting = [0, 0, 1, 1]
const seats = new Map<string, { as: Client }>()
const priceOf = new Map<string, string>()
/** By customer and day: the ids from the vendor down. */
const chainOn: Map<number, string[]>[] = []
const place: number[] = []
const trialUntil: number[] = []

const seat = async (id: string): Promise<Seat> => ({ id, as: await given.user(world, world.vendor, id) })
const add = async (level: 'distributor' | 'sub_distributor' | 'reseller', parent: Seat, price: string) => {
  const made = await seat((await given.tenant(world.vendor, parent.id, { level })).id)
  given.expectOk(await parent.as.put(`/v1/tenants/${made.id}/offers/${offerId}`))
  await given.price(made.as, offerId, price)
  priceOf.set(made.id, price)
  seats.set(made.id, made)
  return made
}
const move = async (id: string, to: string) =>
  given.expectOk(await world.vendor.post(`/v1/tenants/${id}/move`, { parent_id: to }))
const chainNow = (n: number): string[] => {
  const reseller = place[n] ?? 0
  const sub = sitting[reseller] ?? 0
  return [world.vendorId, distributors[sub]!.id, subs[sub]!.id, resellers[reseller]!.id, customers[n]!.id]
}

beforeAll(async () => {
  world = await openWorld('2027-04-20T10:00:00Z')
  seats.set(world.vendorId, { as: world.vendor })
  offerId = await given.offer(world)
  await given.price(world.vendor, offerId, '4.10')
  priceOf.set(world.vendorId, '4.10')
  for (const n of [0, 1]) {
    distributors.push(await add('distributor', { id: world.vendorId, as: world.vendor }, '4.93'))
    subs.push(await add('sub_distributor', distributors[n]!, '5.87'))
  }
  for (const sub of sitting) resellers.push(await add('reseller', subs[sub]!, '8.55'))
  await live()
}, 120_000)
afterAll(() => world.close())

async function live() {
  const devices: Device[] = []
  for (const [n, plan] of plans.entries()) devices.push(await sellTo(n, plan))
  for (const day of days) {
    await world.moveTo(`${month}-${String(day).padStart(2, '0')}T11:00:00Z`)
    await moveCustomers(day, false)
    for (const [n, plan] of plans.entries()) if (plan.signals.includes(day)) given.expectOk(await devices[n]!.signal())
    await moveCustomers(day, true)
    await moveResellers(day)
    for (const n of plans.keys()) chainOn[n]!.set(day, chainNow(n))
  }
  await world.moveTo('2027-06-01T01:00:00Z')
}

type Device = Awaited<ReturnType<typeof given.device>>

async function sellTo(n: number, plan: Plan): Promise<Device> {
  const reseller = resellers[plan.start]!
  const made = await given.tenant(world.vendor, reseller.id, { level: 'end_customer', in_trial: plan.trial })
  place[n] = plan.start
  chainOn[n] = new Map()
  // Made on 20 April: its trial ends with 20 May.
  trialUntil[n] = plan.trial ? 20 : 0
  customers.push(await seat(made.id))
  seats.set(made.id, customers[n]!)
  given.expectOk(await reseller.as.put(`/v1/tenants/${made.id}/offers/${offerId}`))
  given.expectOk(await reseller.as.post('/v1/subscriptions', { tenant_id: made.id, offer_id: offerId }))
  return given.device(world, world.vendor, made.id)
}

/** `isLate`: after the signals of the day, which makes no difference. */
async function moveCustomers(day: number, isLate: boolean): Promise<void> {
  for (const [n, plan] of plans.entries()) {
    for (const step of plan.moves.filter((known) => known.day === day && known.isLate === isLate)) {
      if (step.to === place[n]) continue
      await move(customers[n]!.id, resellers[step.to]!.id)
      place[n] = step.to
    }
  }
}

async function moveResellers(day: number): Promise<void> {
  for (const step of resellerMoves.filter((known) => known.day === day)) {
    await move(resellers[step.reseller]!.id, subs[step.to]!.id)
    sitting[step.reseller] = step.to
  }
}

const edgesOf = (chain: readonly string[]) => chain.slice(1).map((buyer, index) => `${chain[index]} ${buyer}`)

/** By edge and customer: the charged days on it, of how many. */
function expected(): Map<string, { days: number[]; of: number }> {
  const parts = new Map<string, { days: number[]; of: number }>()
  for (const [n, plan] of plans.entries()) {
    const charged = plan.signals.filter((day) => day > trialUntil[n]!).sort((left, right) => left - right)
    for (const day of charged)
      for (const edge of edgesOf(chainOn[n]!.get(day) ?? [])) {
        const key = `${edge} ${customers[n]!.id}`
        parts.set(key, { days: [...(parts.get(key)?.days ?? []), day], of: charged.length })
      }
  }
  return parts
}
const partOf = ({ days: own, of }: { days: number[]; of: number }): Fraction =>
  toFraction(BigInt(own.length), BigInt(of))

type Line = {
  id: string
  invoice_id: string
  seller_id: string
  buyer_id: string
  customer_id: string
  quantity: string
  divisor: string
  amount_minor: string
}
const readLines = () =>
  query<Line>(
    world,
    `select l.id, l.invoice_id, i.seller_id, i.buyer_id, l.customer_id, l.quantity::text, l.divisor::text, l.amount_minor::text
     from invoice_lines l join invoices i on i.id = l.invoice_id where i.month = $1 and i.state = 'issued'`,
    [`${month}-01`],
  )
const keyOf = (line: Line) => `${line.seller_id} ${line.buyer_id} ${line.customer_id}`
const quantityOf = (line: Line) => toFraction(BigInt(line.quantity), BigInt(line.divisor))
const sumOf = (parts: readonly Fraction[]) => parts.reduce(addFractions, toFraction(0n))

describe('R-BILL-9: the month of a move, told day by day', () => {
  it('the histories have what they are for', () => {
    const divided = [...expected().values()].filter((part) => part.days.length < part.of)
    expect(divided.length).toBeGreaterThan(10)
    expect(plans.some(({ trial, moves }) => trial && moves.length > 1)).toBe(true)
    expect(plans.some(({ moves }) => moves.some(({ day }) => day === 1))).toBe(true)
    expect(plans.some(({ moves }) => moves.some(({ day }) => day === 31))).toBe(true)
  })

  it('each edge has its part, exact, at its own price; there is no other line', async () => {
    const lines = await readLines()
    const found = Object.fromEntries(lines.map((line) => [keyOf(line), [quantityOf(line), line.amount_minor]]))
    const wanted = Object.fromEntries(
      [...expected()].map(([key, part]) => {
        const price = priceOf.get(key.split(' ')[0] ?? '') ?? ''
        return [key, [partOf(part), String(priceOfPart(partOf(part), toDecimal(price), 'EUR').minor)]]
      }),
    )
    expect(found).toEqual(wanted)
  })

  it('the quantities agree: on each level of the tree a customer is one unit or none', async () => {
    const levels = await query<{ id: string; level: string }>(world, 'select id, level from tenants')
    const levelOf = new Map(levels.map(({ id, level }) => [id, level]))
    const sums = Map.groupBy(await readLines(), (line) => `${levelOf.get(line.buyer_id)} ${line.customer_id}`)
    expect(sums.size).toBeGreaterThan(20)
    for (const lines of sums.values()) expect(sumOf(lines.map(quantityOf))).toEqual(toFraction(1n))
  })

  it('a report is what was invoiced: for each seller what it sent, for each buyer what it got', async () => {
    const lines = await readLines()
    for (const [id, { as }] of seats) {
      const [total] = (await as.get(`/v1/usage/totals?month=${month}`)).body.data
      const units = await listAll(as, `/v1/usage?month=${month}`, 3)
      const shown = sumOf(units.filter(({ units: n }) => n === 1).map((unit) => toPart(unit.division)))
      for (const own of [lines.filter((line) => line.seller_id === id), lines.filter((line) => line.buyer_id === id)]) {
        if (own.length === 0) continue
        const sum = sumOf(own.map(quantityOf))
        expect(total.quantity, id).toBe(toFractionText(sum))
        expect(shown, id).toEqual(sum)
      }
    }
  })

  it('R-BILL-6: either end has the evidence of its part, and of nothing else, wherever the customer is now', async () => {
    const wanted = expected()
    for (const line of await readLines()) {
      for (const end of [line.seller_id, line.buyer_id]) {
        const as = seats.get(end)!.as
        const path = `/v1/invoices/${line.invoice_id}/lines/${line.id}/evidence`
        const evidence = await listAll(as, path)
        expect(evidence, keyOf(line)).toHaveLength(1)
        expect(evidence[0]?.days, keyOf(line)).toEqual(wanted.get(keyOf(line))?.days)
        expect(toPart(evidence[0]?.division)).toEqual(quantityOf(line))
      }
    }
  })

  it('run again nothing changes', async () => {
    const before = await readLines()
    const { runMonth } = await import('../../src/billing/run.ts')
    const { toMonth } = await import('../../src/kernel/time.ts')
    const { db } = world.application
    await runMonth(db, await db.systemCall('again'), toMonth(month))
    expect(await readLines()).toEqual(before)
  })
})

function toPart(division: unknown): Fraction {
  if (division === null || division === undefined) return toFraction(1n)
  const { charged_days, of_days } = division as { charged_days: number; of_days: number }
  return toFraction(BigInt(charged_days), BigInt(of_days))
}
