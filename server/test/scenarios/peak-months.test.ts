import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { addFractions, type Fraction, multiply, toDecimalText, toFraction } from '../../src/kernel/fraction.ts'
import { priceOfPart, toDecimal } from '../../src/kernel/money.ts'
import * as given from '../given.ts'
import { listAll } from '../state.ts'
import { type Client, openWorld, type World } from '../world.ts'

/** A month of random reports, moves, trials and ends, and what R-ACT-7 and R-BILL-9 say of it told day by day, without maps or SQL. */
const month = '2027-05'
const days = Array.from({ length: 31 }, (_, index) => index + 1)
const seed = 20_270_731

type Plan = {
  before: number | null
  reports: { day: number; value: number; isLate: boolean }[]
  /** Days on which it goes to the other reseller. */
  moves: number[]
  end: { day: number; kind: 'deleted' | 'uninstalled' } | null
  trial: boolean
}
const day = fc.oneof(fc.constantFrom(1, 2, 30, 31), fc.integer({ min: 1, max: 31 }))
const value = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 9_000_000_000_000 }))
const plans: Plan[] = fc.sample(
  fc.record({
    before: fc.option(value),
    reports: fc.array(fc.record({ day, value, isLate: fc.boolean() }), { maxLength: 8 }),
    moves: fc.array(day, { maxLength: 3 }),
    end: fc.option(fc.record({ day, kind: fc.constantFrom('deleted' as const, 'uninstalled' as const) }), { freq: 2 }),
    trial: fc.boolean(),
  }),
  { numRuns: 12, seed },
)

let world: World
let offerId: string
let branch: given.Channel
const resellers: { id: string; as: Client }[] = []
const customers: string[] = []
const machines: Awaited<ReturnType<typeof given.device>>[] = []
/** By customer, day by day: at which reseller, and the value. */
const placeOn: number[][] = plans.map(() => [])
const price = ['0.058', '0.085', '0.1'] as const

beforeAll(async () => {
  world = await openWorld('2027-04-20T10:00:00Z')
  branch = await given.channel(world)
  offerId = await given.peakOffer(world)
  await given.sold(world, branch, offerId, ['0.041', '0.049', price[0], price[1]])
  const other = await given.tenant(branch.subDistributor.as, branch.subDistributor.id, { level: 'reseller' })
  resellers.push(branch.reseller, { id: other.id, as: await given.user(world, world.vendor, other.id) })
  given.expectOk(await branch.subDistributor.as.put(`/v1/tenants/${other.id}/offers/${offerId}`))
  await given.price(resellers[1]!.as, offerId, price[2])
  for (const plan of plans) await join(plan)
  for (const today of days) await live(today)
  await world.moveTo('2027-06-01T01:00:00Z')
}, 180_000)
afterAll(() => world.close())

async function join(plan: Plan) {
  const { reseller } = branch
  const { id } = await given.tenant(reseller.as, reseller.id, { level: 'end_customer', in_trial: plan.trial })
  given.expectOk(await reseller.as.put(`/v1/tenants/${id}/offers/${offerId}`))
  given.expectOk(await reseller.as.post('/v1/subscriptions', { tenant_id: id, offer_id: offerId }))
  customers.push(id)
  const machine = await given.device(world, world.vendor, id)
  machines.push(machine)
  if (plan.before !== null) given.expectOk(await machine.signal({ used_storage: plan.before }))
}

async function live(today: number) {
  await world.moveTo(`${month}-${String(today).padStart(2, '0')}T11:00:00Z`)
  for (const [n, plan] of plans.entries()) {
    await reportAll(n, today, false)
    placeOn[n]![today] = today === 1 ? 0 : placeOn[n]![today - 1]!
    for (const _ of plan.moves.filter((moved) => moved === today)) {
      const to: number = 1 - placeOn[n]![today]!
      given.expectOk(await world.vendor.post(`/v1/tenants/${customers[n]}/move`, { parent_id: resellers[to]!.id }))
      placeOn[n]![today] = to
    }
    await reportAll(n, today, true)
    if (plan.end?.day === today) await end(n, plan.end.kind)
  }
}

const reportsOf = ({ reports, end }: Plan, today: number) =>
  reports.filter((report) => report.day === today && today <= (end?.day ?? 31))
async function reportAll(n: number, today: number, isLate: boolean) {
  // Once more: nobody knows whether the first answer came through.
  for (const report of reportsOf(plans[n]!, today).filter((known) => known.isLate === isLate))
    for (const _ of [1, 2]) given.expectOk(await machines[n]!.signal({ used_storage: report.value }))
}
async function end(n: number, kind: 'deleted' | 'uninstalled') {
  if (kind === 'deleted') given.expectOk(await world.vendor.delete(`/v1/devices/${machines[n]!.id}`))
  // Its place before a move is remembered for a second: the agent says it again.
  else await vi.waitFor(async () => given.expectOk(await machines[n]!.uninstall()), { timeout: 5000 })
}

/** The value of each day, as R-ACT-7 has it. */
function valuesOf(plan: Plan): Map<number, number> {
  const values = new Map<number, number>()
  let carried = plan.before
  for (const today of days) {
    if (plan.end?.kind === 'deleted' && today > plan.end.day) break
    const reported = reportsOf(plan, today).map((report) => report.value)
    if (reported.length > 0) carried = Math.max(...reported)
    if (carried !== null) values.set(today, carried)
  }
  return values
}

/** Made on 20 April: a trial ends with 20 May. */
const isCharged = (plan: Plan, today: number) => !plan.trial || today > 20
type Expected = { peak: number; peakOn: number; days: number[] }
function expectedOf(plan: Plan): Expected | null {
  const charged = [...valuesOf(plan)].filter(([today]) => isCharged(plan, today))
  if (charged.length === 0) return null
  const peak = Math.max(...charged.map(([, known]) => known))
  return { peak, peakOn: charged.find(([, known]) => known === peak)![0], days: charged.map(([today]) => today) }
}
const gigabytes = ({ peak }: Expected) => toFraction(BigInt(peak), 1_000_000_000n)
function quantityAt(n: number, reseller: number): Fraction {
  const expected = expectedOf(plans[n]!)
  if (expected === null) return toFraction(0n)
  const here = expected.days.filter((today) => placeOn[n]![today] === reseller).length
  return multiply(gigabytes(expected), toFraction(BigInt(here), BigInt(expected.days.length)))
}
const text = (quantity: Fraction) => toDecimalText(quantity, 9)

describe('R-ACT-7, R-BILL-9: a month told day by day', () => {
  it('has what it is about: charged, free, divided, deleted', () => {
    const kinds = plans.map((plan, n) => [
      expectedOf(plan) !== null,
      plan.trial,
      quantityAt(n, 0).numerator > 0n && quantityAt(n, 1).numerator > 0n,
      plan.end?.kind,
    ])
    for (const index of [0, 1, 2]) expect(new Set(kinds.map((kind) => kind[index])).size, `${index}`).toBe(2)
    expect(new Set(kinds.map((kind) => kind[3])).size).toBe(3)
  })

  it('above the moves each peak is whole, with its first date', async () => {
    const rows = await listAll(branch.subDistributor.as, `/v1/usage/peaks?month=${month}`, 50)
    const told = plans.map((_, n) => {
      const row = rows.find((known) => known.device_id === machines[n]!.id)
      return row?.reason === 'peak' ? [row.value, row.peak_on, row.quantity, row.charged_days] : null
    })
    expect(told).toEqual(
      plans.map((plan) => {
        const expected = expectedOf(plan)
        if (expected === null) return null
        const peakOn = `${month}-${String(expected.peakOn).padStart(2, '0')}`
        return [expected.peak, peakOn, text(gigabytes(expected)), expected.days]
      }),
    )
  })

  it.each([0, 1])('reseller %d sees its part, and is charged it at its price', async (reseller) => {
    const rows = await listAll(resellers[reseller]!.as, `/v1/usage/peaks?month=${month}`, 50)
    const [invoice] = await listAll(resellers[reseller]!.as, `/v1/invoices?month=${month}&direction=received`)
    const { lines } = given.expectOk(await resellers[reseller]!.as.get(`/v1/invoices/${invoice?.id}`)).body
    for (const n of plans.keys()) {
      const quantity = quantityAt(n, reseller)
      const row = rows.find((known) => known.device_id === machines[n]!.id && known.reason === 'peak')
      expect(row?.quantity ?? '0', `${n}`).toBe(text(quantity))
      const line = lines.find((known: { customer_id: string }) => known.customer_id === customers[n])
      const { minor } = priceOfPart(quantity, toDecimal(price[0]), 'EUR')
      expect(BigInt((line?.amount ?? '0').replace('.', '')), `${n}`).toBe(minor)
    }
  })

  it('the parts sum to the whole', () => {
    const sums = plans.map((_, n) => [quantityAt(n, 0), quantityAt(n, 1)].reduce(addFractions))
    expect(sums).toEqual(
      plans.map(expectedOf).map((expected) => (expected === null ? toFraction(0n) : gigabytes(expected))),
    )
  })

  it('the evidence of each line is the line', async () => {
    for (const { as } of resellers) {
      const [invoice] = await listAll(as, `/v1/invoices?month=${month}&direction=received`)
      const { lines } = given.expectOk(await as.get(`/v1/invoices/${invoice?.id}`)).body
      for (const line of lines) {
        const evidence = await listAll(as, `/v1/invoices/${invoice?.id}/lines/${line.id}/evidence`, 50)
        expect(evidence).toHaveLength(1)
        const n = customers.indexOf(line.customer_id)
        expect(evidence[0]?.device_id).toBe(machines[n]!.id)
      }
    }
  })
})
