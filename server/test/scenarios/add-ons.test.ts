import { afterAll, beforeAll, expect, it } from 'vitest'
import * as given from '../given.ts'
import * as licensed from '../licensed.ts'
import { query, warmUp } from '../state.ts'
import { openWorld, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld('2027-06-10T10:00:00Z')
  await warmUp(world)
})
afterAll(() => world.close())

const once = [{ code: 'once', name: 'Once', months: 1 }]

it('55: Premium Support and Onboarding are lines of their own: in the preview, the order and the invoice', async () => {
  const branch = await given.channel(world)
  const backup = await licensed.soldOffer(world, branch)
  const addOn = { unit: 'tenant', add_on_of: [{ product: backup.product, edition: null }] }
  const support = await licensed.soldOffer(world, branch, { ...addOn, product: given.unique('Premium Support') })
  const onboardingId = await given.orderedOffer(world, {
    ...addOn,
    product: given.unique('Onboarding'),
    charge_model: 'prepaid',
    terms: once,
  })
  for (const { code } of once)
    for (const [seller, buyer, amount] of [
      [world.vendor, branch.distributor, '100'],
      [branch.distributor.as, branch.subDistributor, '120'],
      [branch.subDistributor.as, branch.reseller, '150'],
    ] as const)
      await given.sellTerms(seller, {
        buyerId: buyer.id,
        offerId: onboardingId,
        prices: [{ term: code, period: 'monthly', amount }],
      })
  const buyer = await given.purchaser(world, world.vendor, branch.reseller.id)
  const lines = [
    { offer_id: backup.offerId, term: 'year', quantity: 4 },
    { offer_id: support.offerId, term: 'year', quantity: 1 },
    { offer_id: onboardingId, term: 'once', quantity: 1 },
  ]
  const body = { buyer_id: branch.reseller.id, lines, payment_mode: 'monthly', terms_version: await given.terms(world) }
  const preview = given.expectOk(await buyer.post('/v1/orders/preview', body)).body
  const order = given.expectOk(await buyer.post('/v1/orders', body)).body
  const told = ({
    offer,
    quantity,
    first_amount: amount,
  }: {
    offer: { id: string }
    quantity: number
    first_amount: { amount: string }
  }) => [offer.id, quantity, amount.amount]
  expect(preview.lines.map(told)).toEqual(order.lines.map(told))
  expect(preview.lines.map(told).map(([id]: unknown[]) => id)).toEqual(lines.map(({ offer_id }) => offer_id))
  await world.moveTo('2027-07-01T01:00:00Z')
  const { data } = (await branch.subDistributor.as.get('/v1/invoices?month=2027-06&direction=issued')).body
  const invoice = (await branch.subDistributor.as.get(`/v1/invoices/${data[0].id}`)).body
  const amounts = invoice.lines.map(({ amount }: { amount: string }) => amount).sort()
  expect(amounts).toEqual(preview.lines.map((line: never) => told(line)[2]).sort())
})

it('R-LIC-4, R-BILL-2: the last day of an expired license is charged below the buyer, the day after is not, whenever its end is stored', async () => {
  const branch = await given.channel(world)
  const { reseller, customer } = branch
  const { offerId } = await licensed.soldOffer(world, branch)
  const [id = ''] = await licensed.licenses(world, {
    ownerId: reseller.id,
    offerId,
    quantity: 1,
    endsOn: '2027-07-10',
    autoRenew: false,
  })
  const computer = await licensed.machine(world, reseller.as, customer.id)
  given.expectOk(await licensed.assign(reseller.as, id, 'device', computer.id))
  // The server was down for three days.
  await query(world, `update app.test_clock set frozen_at = '2027-07-14T00:00:00Z' where id = 1`)
  await world.moveTo('2027-08-01T01:00:00Z')
  const { data } = (await reseller.as.get('/v1/invoices?month=2027-07&direction=issued')).body
  const { lines } = (await reseller.as.get(`/v1/invoices/${data[0].id}`)).body
  // 9.00 x 10 / 31, from the 1st to the 10th
  expect(lines.map(({ amount }: { amount: string }) => amount)).toEqual(['2.90'])
})
