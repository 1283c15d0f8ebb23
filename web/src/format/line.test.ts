import { expect, it } from 'vitest'
import type { InvoiceLine, LinePricing } from '../api/types.ts'
import { describeLine, formatLinePrice } from './line.ts'

const line: InvoiceLine = {
  id: '01990000-0000-7000-8000-000000000001',
  position: 1,
  kind: 'use',
  customer_id: '01990000-0000-7000-8000-000000000002',
  customer_name: 'Northwind Dental',
  product: 'Backup',
  edition: 'Server',
  charge_model: 'active_use',
  term: null,
  from: '2027-11-01',
  to: '2027-11-30',
  quantity: '5',
  division: null,
  unit: 'device',
  unit_price: '4.10',
  pricing: null,
  basis: null,
  amount: '20.50',
  evidence: { units: 5, days: 101 },
}
const tiers: LinePricing = {
  model: 'graduated',
  quantity: '13',
  parts: [
    { above: 0, up_to: 10, quantity: '10', unit_price: '4', amount: '40' },
    { above: 10, up_to: null, quantity: '3', unit_price: '3.5', amount: '10.5' },
  ],
  package_size: null,
  minimum: '60',
}

it.each<[string, Partial<InvoiceLine>, string, string[]]>([
  ['one price per unit', {}, '€4.10', ['5 units, 101 active days']],
  [
    'tiers',
    { unit_price: null, pricing: tiers },
    'Tiers',
    ['5 units, 101 active days', 'Tiers, 13 in all: 10 at €4.00, 3 at €3.50'],
  ],
  [
    'all in one tier',
    { unit_price: null, pricing: { ...tiers, model: 'volume', parts: [tiers.parts[0]!] } },
    'Volume',
    ['5 units, 101 active days', 'Volume, 13 in all at €4.00'],
  ],
  ['a minimum', { kind: 'minimum', unit_price: null, pricing: tiers }, '', ['To the minimum of €60.00']],
  [
    'packages',
    { kind: 'package', unit_price: null, pricing: { ...tiers, model: 'package', package_size: 10 } },
    '',
    ['To whole packages of 10'],
  ],
  [
    'assigned days',
    { kind: 'assigned', charge_model: 'committed', evidence: { units: 1, days: 20 } },
    '€4.10',
    ['1 license, 20 assigned days'],
  ],
  ['a peak', { charge_model: 'peak' }, '€4.10', ['5 devices, at its highest of the month']],
])('R-BILL-6: a line says what is behind it: %s', (_name, fields, price, texts) => {
  const told = { ...line, ...fields }
  expect([formatLinePrice(told, 'EUR'), describeLine(told, 'EUR')]).toEqual([price, texts])
})

it('R-BILL-3: what was ordered says which part of a month, at the price of which day, and why it is credited', () => {
  const basis = {
    reason: 'withdrawal' as const,
    order_id: null,
    days: 6,
    whole_days: 30,
    periods: 1,
    payment_mode: 'monthly' as const,
    priced_on: '2027-11-25',
  }
  expect(describeLine({ ...line, kind: 'period', basis }, 'EUR')).toEqual([
    'Order withdrawn',
    '6 of 30 days, at the price of 25 Nov 2027',
  ])
  const prepaid = { ...basis, reason: 'period' as const, days: 365, whole_days: 365, periods: 12 }
  expect(describeLine({ ...line, kind: 'period', basis: prepaid }, 'EUR')).toEqual([
    '12 months, at the price of 25 Nov 2027',
  ])
})
