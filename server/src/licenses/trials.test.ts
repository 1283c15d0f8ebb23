import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import * as licensed from '../../test/licensed.ts'
import { query, refusal, warmUp, writesNothing } from '../../test/state.ts'
import { openWorld, type World } from '../../test/world.ts'

/** One world, whose clock goes on from test to test. */
let world: World
beforeAll(async () => {
  world = await openWorld()
  await warmUp(world)
})
afterAll(() => world.close())

const dayMs = 86_400_000
type Policy = 'convert' | 'deactivate' | 'take_from_pool'

/** A customer whose two machines may try an offer that its seller has trial licenses of. */
async function openTrial(policy: Policy, branch?: given.Channel) {
  const place = branch ?? (await given.channel(world))
  const { reseller } = place
  const company = {
    ...given.company,
    contact_name: 'Ada',
    contact_email: `${given.unique('ada').replace(' ', '.')}@customer.example`,
  }
  const customer = await given.tenant(reseller.as, reseller.id, { level: 'end_customer', company })
  const { offerId, product } = await licensed.soldOffer(world, place, { trial: { days: 15, end_policy: policy } })
  given.expectOk(await reseller.as.put(`/v1/tenants/${customer.id}/offers/${offerId}`))
  const ask = { tenant_id: reseller.id, offer_id: offerId, quantity: 3 }
  const trials = given.expectOk(await reseller.as.post('/v1/trial-licenses', ask)).body.licenses as { id: string }[]
  const computer = await licensed.machine(world, reseller.as, customer.id)
  const start = async (machine = computer) => {
    const { license_id: id, valid_until: last } = given.expectOk(await machine.ask(product)).body
    return { id: String(id), last: String(last), end: new Date(Date.parse(last) + dayMs).toISOString() }
  }
  const commercial = (quantity = 1) =>
    licensed.licenses(world, { ownerId: reseller.id, offerId, quantity, endsOn: '2032-01-04' })
  return {
    ...place,
    customer,
    offerId,
    product,
    trials: trials.map(({ id }) => id),
    computer,
    start,
    commercial,
    contact: company.contact_email,
  }
}
const outcomesOf = (id: string) =>
  query<{ at: Date; actor_kind: string; outcome: string }>(
    world,
    `select at, actor_kind, details->>'outcome' as outcome from license_events where license_id = $1 and what = 'trial_ended'`,
    [id],
  )
/** The clock goes on and nothing runs: a server that was down. */
const passUnnoticed = (to: string) => query(world, 'update app.test_clock set frozen_at = $1 where id = 1', [to])

describe('R-TRIAL-2: what the end of a trial license comes to', () => {
  it.each([
    ['take_from_pool', 'automatic', 1, 'taken_from_pool'],
    ['take_from_pool', 'automatic', 0, 'unlicensed'],
    ['take_from_pool', 'manual', 1, 'unlicensed'],
    ['convert', 'automatic', 1, 'taken_from_pool'],
    ['convert', 'manual', 1, 'unlicensed'],
    ['deactivate', 'automatic', 1, 'deactivated'],
  ] as const)('%s, take %s, %i free: %s, at its instant, once', async (policy, take, free, outcome) => {
    const trial = await openTrial(policy)
    const { id, end } = await trial.start()
    const [bought = null] = free > 0 ? await trial.commercial(free) : []
    given.expectOk(await licensed.setPool(trial.reseller.as, trial.customer.id, { take }))
    await world.moveTo(new Date(Date.parse(end) - 1).toISOString())
    expect((await trial.computer.ask(trial.product)).body).toMatchObject({ license_id: id, kind: 'trial' })
    await world.moveTo(new Date(Date.parse(end) + 3_600_000).toISOString())
    const call = await world.application.db.systemCall('test')
    await Promise.all([world.application.runDue(call), world.application.runDue(call)])
    expect(await outcomesOf(id)).toEqual([{ at: new Date(end), actor_kind: 'system', outcome }])
    const history = (await trial.reseller.as.get(`/v1/licenses/${id}/history`)).body.data
    expect(history.find(({ what }: { what: string }) => what === 'trial_ended')).toMatchObject({
      holder: { id: trial.computer.id },
      details: expect.arrayContaining([{ name: 'outcome', value: outcome }]),
    })
    const taken = outcome === 'taken_from_pool'
    const answer = await trial.computer.ask(trial.product)
    if (taken) expect(answer.body).toMatchObject({ license_id: bought, kind: 'commercial', taken: false })
    else if (outcome === 'unlicensed') expect(refusal(answer)).toBe('403 no_license')
    // by itself a machine may take a license that is free, as any other
    else expect(answer.body).toMatchObject({ license_id: bought, taken: true })
    // charged from the end on, and the trial not on its last day's morrow
    const held = await query<{ license_id: string; from_at: Date; to_at: Date | null }>(
      world,
      'select license_id, from_at, to_at from license_holdings where holder_id = $1 order by from_at',
      [trial.computer.id],
    )
    expect(held[0]).toMatchObject({ license_id: id, to_at: new Date(Date.parse(end) - 1) })
    if (taken) expect(held[1]).toMatchObject({ license_id: bought, from_at: new Date(end), to_at: null })
  })

  it('R-TRIAL-3: told from the clock before any job has run; two machines at once, one license: one has it', async () => {
    const trial = await openTrial('take_from_pool')
    const second = await licensed.machine(world, trial.reseller.as, trial.customer.id)
    const [{ id, end }, other] = [await trial.start(), await trial.start(second)]
    const [bought] = await trial.commercial()
    await passUnnoticed(new Date(Date.parse(end) + 2 * dayMs).toISOString())
    expect((await trial.reseller.as.get(`/v1/licenses/${id}`)).body).toMatchObject({ state: 'expired', valid: false })
    const answers = await Promise.all([trial.computer, second].map((machine) => machine.ask(trial.product)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403])
    expect(answers.find(({ status }) => status === 200)?.body).toMatchObject({ license_id: bought, kind: 'commercial' })
    await world.application.runDue(await world.application.db.systemCall('test'))
    const outcomes = [...(await outcomesOf(id)), ...(await outcomesOf(other.id))]
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['taken_from_pool', 'unlicensed'])
    expect(outcomes.every(({ at }) => at.toISOString() === end)).toBe(true)
  })
})

describe('R-TRIAL-5', () => {
  it('409 trial_repeated: a machine has one trial license of a product in 180 days, taken or given; the 180th day is free', async () => {
    const trial = await openTrial('deactivate')
    const { id, end } = await trial.start()
    const other = trial.trials.find((each) => each !== id) ?? ''
    const { as } = trial.reseller
    const again = () => licensed.assign(as, other, 'device', trial.computer.id)
    given.expectOk(await as.post(`/v1/licenses/${id}/release`))
    expect(await writesNothing(world, async () => refusal(await again()))).toBe('409 trial_repeated')
    expect(refusal(await licensed.take(as, trial.offerId, 'device', trial.computer.id))).toBe(
      '409 insufficient_unassigned',
    )
    // the same one is the same trial, whose clock went on
    given.expectOk(await licensed.assign(as, id, 'device', trial.computer.id))
    await world.moveTo(end)
    expect(refusal(await trial.computer.ask(trial.product))).toBe('403 no_license')
    const [first] = await query<{ day: string }>(
      world,
      `select (max(from_at) at time zone 'UTC')::date::text as day from license_holdings where license_id = $1`,
      [id],
    )
    const on = (days: number, ms = 0) => new Date(Date.parse(first?.day ?? '') + days * dayMs + ms).toISOString()
    // a machine that is silent and holds nothing is erased
    await world.moveTo(on(80))
    given.expectOk(await trial.computer.signal())
    await world.moveTo(on(165))
    given.expectOk(await trial.computer.signal())
    await world.moveTo(on(180, -1))
    given.expectOk(await trial.computer.signal())
    expect(refusal(await again())).toBe('409 trial_repeated')
    await world.moveTo(on(180))
    given.expectOk(await again())
  })

  it('mails 7 days and 1 day before, once, to the customer or the partner that uses it; turned off there are none', async () => {
    const trial = await openTrial('take_from_pool')
    const [off, manual] = [await openTrial('take_from_pool'), await openTrial('take_from_pool')]
    const { end } = await trial.start()
    await off.start()
    await manual.start()
    given.expectOk(await off.reseller.as.put(`/v1/tenants/${off.customer.id}/trial-mails`, { enabled: false }))
    given.expectOk(await licensed.setPool(manual.reseller.as, manual.customer.id, { take: 'manual' }))
    const gateways = await licensed.soldOffer(world, trial, {
      unit: 'gateway',
      trial: { days: 15, end_policy: 'deactivate' },
    })
    given.expectOk(
      await trial.reseller.as.post('/v1/trial-licenses', {
        tenant_id: trial.reseller.id,
        offer_id: gateways.offerId,
        quantity: 1,
      }),
    )
    const gateway = await licensed.gateway(trial.reseller.as, trial.reseller.id)
    given.expectOk(await licensed.take(trial.reseller.as, gateways.offerId, 'gateway', gateway))
    const mails = async (tenantId: string) =>
      await query<{ recipient: string; subject: string; text_body: string }>(
        world,
        `select c.recipient, c.subject, c.text_body from mails m join mail_contents c on c.realm_id = m.realm_id and c.mail_id = m.id
           where m.tenant_id = $1 and m.template = 'trial_ending' order by m.id`,
        [tenantId],
      )
    const before = (days: number, ms = 0) => new Date(Date.parse(end) - days * dayMs + ms).toISOString()
    await world.moveTo(before(7, -1))
    expect(await mails(trial.customer.id)).toEqual([])
    await world.moveTo(before(7))
    const [first, ...none] = await mails(trial.customer.id)
    expect(none).toEqual([])
    expect(first).toMatchObject({ recipient: trial.contact, subject: expect.stringContaining('in 7 days') })
    expect(first?.text_body).toContain(`${trial.product} Standard on ${trial.computer.hostName}`)
    expect(first?.text_body).toContain('takes a license of your pool then')
    expect((await mails(trial.reseller.id)).every(({ text_body }) => text_body.includes('It is over then'))).toBe(true)
    expect(await mails(trial.reseller.id)).toHaveLength(1)
    expect((await mails(manual.customer.id))[0]?.text_body).toContain('It is over then')
    expect(await mails(off.customer.id)).toEqual([])
    const call = await world.application.db.systemCall('test')
    await Promise.all([world.application.runDue(call), world.application.runDue(call)])
    await world.moveTo(before(1))
    expect((await mails(trial.customer.id)).map(({ subject }) => /in (7 days|a day)/.exec(subject)?.[1])).toEqual([
      '7 days',
      'a day',
    ])
    expect(await mails(off.customer.id)).toEqual([])
  })
})
