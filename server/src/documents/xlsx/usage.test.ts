import type { PeakUsage, UsageUnit } from '@tenantree/contract'
import { expect, it } from 'vitest'
import { readSheet, readValues } from './read-xlsx.fixture.ts'
import { renderUsageXlsx } from './usage.ts'

const id = '00000000-0000-7000-8000-000000000001'

const unitOf = (changes: Partial<UsageUnit>): UsageUnit => ({
  customer: { id, name: 'Northwind Dental', level: 'end_customer' },
  site: null,
  offer: {
    id,
    product: 'Backup',
    edition: 'Server',
    rank: 0,
    unit: 'device',
    charge_model: 'active_use',
    created_at: '2026-01-01T00:00:00Z',
  },
  device_id: id,
  host_name: 'db-1',
  days: [1, 2, 3],
  charged_days: [3],
  units: 1,
  quantity: '1',
  division: null,
  reason: 'standalone_device',
  ...changes,
})

const trial = unitOf({ host_name: 'test-1', charged_days: [], units: 0, quantity: '0', reason: 'trial' })

async function* inPages(units: readonly UsageUnit[]) {
  for (const unit of units) yield unit
}

it('R-TRIAL-4: charged units and trial use stand apart, each with its total', async () => {
  const site = { id, name: '=Aarhus', level: 'site' as const }
  const units = inPages([unitOf({}), trial, unitOf({ site, host_name: null, days: [9] })])
  const bytes = await renderUsageXlsx({ month: '2026-10', units, peaks: [] })
  expect(readValues(bytes, 'Usage').slice(1)).toEqual([
    ['2026-10', 'Northwind Dental', null, 'Backup', 'Server', 'db-1', id, '1–3', '3', 'standalone device', null, 3, 1],
    ['2026-10', 'Northwind Dental', '=Aarhus', 'Backup', 'Server', null, id, '9', '3', 'standalone device', null, 1, 1],
    [null, 'Total', null, null, null, 2, null, null, null, null, null, 4, 2],
  ])
  expect(readValues(bytes, 'Trial').slice(1)).toEqual([
    ['2026-10', 'Northwind Dental', null, 'Backup', 'Server', 'test-1', id, '1–3', null, 'trial', null, 3, 0],
    [null, 'Total, not charged', null, null, null, 1, null, null, null, null, null, 3, 0],
  ])
})

it('R-ACT-6: the units of the total row are numbers, and a site called =Aarhus is text', async () => {
  const site = { id, name: '=Aarhus', level: 'site' as const }
  const sheet = readSheet(await renderUsageXlsx({ month: '2026-10', units: [unitOf({ site })], peaks: [] }), 'Usage')
  expect(sheet.flat().filter((cell) => cell?.v === '=Aarhus')).toEqual([expect.objectContaining({ t: 's', z: '@' })])
  expect(sheet.at(-1)?.[12]).toMatchObject({ t: 'n', v: 1, z: '#,##0' })
})

it('a month without use has both sheets with a total of nothing', async () => {
  const bytes = await renderUsageXlsx({ month: '2026-10', units: [], peaks: [] })
  expect(['Usage', 'Trial'].map((name) => readSheet(bytes, name).at(-1)?.[12]?.v)).toEqual([0, 0])
})

it('10,000 units in mixed order arrive whole', async () => {
  const units = Array.from({ length: 10_000 }, (_, index) => (index % 4 === 0 ? trial : unitOf({})))
  const bytes = await renderUsageXlsx({ month: '2026-10', units, peaks: [] })
  expect(readSheet(bytes, 'Usage').at(-1)?.[12]?.v).toBe(7500)
  expect(readSheet(bytes, 'Trial')).toHaveLength(2502)
})

const peakOf = (changes: Partial<PeakUsage>): PeakUsage => ({
  customer: { id, name: 'Northwind Dental', level: 'end_customer' },
  site: null,
  offer: { ...unitOf({}).offer, product: 'Storage', edition: 'As used', charge_model: 'peak' },
  metric: 'used_storage',
  device_id: id,
  host_name: '=db-1',
  deleted_on: null,
  value: 1_500_000_001,
  peak_on: '2026-10-03',
  days: [1, 2, 3],
  charged_days: [3],
  unit: 'GB',
  quantity: '1.500000001',
  division: null,
  reason: 'peak',
  ...changes,
})

it('R-ACT-7: peaks with their date, a total for each offer of exact parts; what is not charged on a sheet of its own', async () => {
  const third = { charged_days: 1, of_days: 3, moved_on: ['2026-10-12'] }
  const users = { ...peakOf({}).offer, id: id.replace('1', '2'), product: 'Mail' }
  const peaks = [
    peakOf({}),
    // Three thirds of a gigabyte, each rounded as it is shown.
    ...[1, 2, 3].map(() => peakOf({ value: 1_000_000_000, quantity: '0.333333333', division: third })),
    peakOf({
      offer: users,
      metric: 'protected_users',
      unit: 'user',
      value: 7,
      quantity: '7',
      deleted_on: '2026-10-09',
    }),
    peakOf({ reason: 'trial', charged_days: [], quantity: '0' }),
    peakOf({ reason: 'own_storage', charged_days: [], quantity: '0' }),
  ]
  const bytes = await renderUsageXlsx({ month: '2026-10', units: [], peaks })
  const charged = readValues(bytes, 'Peaks')
  expect(charged.slice(-2).map((row) => [row[3], row[5], row[15], row[16]])).toEqual([
    ['Storage', 4, 2.500000001, 'GB'],
    ['Mail', 1, 7, 'user'],
  ])
  expect(readSheet(bytes, 'Peaks')[1]?.slice(12)).toMatchObject([
    { t: 'n', w: '3 Oct 2026' },
    null,
    { t: 'n', v: 1_500_000_001 },
    { t: 'n', v: 1.500000001 },
    { v: 'GB' },
  ])
  expect(readSheet(bytes, 'Peaks')[1]?.[5]).toMatchObject({ t: 's', v: '=db-1', z: '@' })
  expect(readValues(bytes, 'Peaks, not charged').map((row) => row[8])).toEqual(['Reason', 'trial', 'own storage', null])
})
