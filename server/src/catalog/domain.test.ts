import { describe, expect, it } from 'vitest'
import {
  decideAddOn,
  decideMachine,
  decideOnSale,
  decideSubscribable,
  decideTraits,
  hasPeriod,
  type MachineEdition,
  type OfferTraits,
  pairingOf,
  renameTargets,
  sessionLimitOf,
  toMachineOs,
} from './domain.ts'

const faultOf = (run: () => unknown): string | null => {
  try {
    run()
    return null
  } catch (error) {
    const { code, details } = error as { code: string; details: { errors?: { pointer: string }[] } }
    return code === 'invalid_request' ? (details.errors?.[0]?.pointer ?? null) : code
  }
}

const annual = { code: 'annual', name: '1 year', months: 12 }
const known = { features: new Set(['sandbox']), machineEditions: new Set(['server']) }
const traits = (fields: Partial<OfferTraits> = {}): OfferTraits => ({
  unit: 'device',
  charge_model: 'committed',
  terms: [annual],
  trial: null,
  features: [],
  limits: {},
  assignable_to: ['device'],
  metric: null,
  machine_edition: null,
  ...fields,
})
const used = { charge_model: 'active_use', terms: [] } as const

describe('the parts of an offer (R-OFFER-1)', () => {
  it.each<[string, Partial<OfferTraits>, string | null]>([
    ['a committed offer with a term', {}, null],
    ['a committed offer without one', { terms: [] }, '/terms'],
    ['the same term twice', { terms: [annual, { ...annual, name: 'Again' }] }, '/terms/1/code'],
    ['what is billed after use, without a term', used, null],
    ['what is billed after use, with one', { charge_model: 'active_use' }, '/terms'],
    ['peak with a metric', { charge_model: 'peak', terms: [], metric: 'used_storage' }, null],
    ['peak without one', { charge_model: 'peak', terms: [] }, '/metric'],
    ['a metric without peak', { metric: 'used_storage' }, '/metric'],
    ['a trial that takes from the pool', { trial: { days: 30, end_policy: 'take_from_pool' } }, null],
    ['and where there is no pool', { ...used, trial: { days: 30, end_policy: 'take_from_pool' } }, '/trial/end_policy'],
    ['a feature of the catalog', { features: ['sandbox'] }, null],
    ['a feature that nobody knows', { features: ['sandbox', 'magic'] }, '/features/1'],
    ['a feature twice', { features: ['sandbox', 'sandbox'] }, '/features/1'],
    ['a holder of another kind', { assignable_to: ['subscriber'] }, '/assignable_to/0'],
    ['the same holder twice', { assignable_to: ['device', 'device'] }, '/assignable_to/1'],
    ['an edition of the table of machines', { machine_edition: 'server' }, null],
    ['one that is not in it', { machine_edition: 'mainframe' }, '/machine_edition'],
    ['sessions of a user', { unit: 'user', assignable_to: ['subscriber'], limits: { session_limit: 3 } }, null],
    ['sessions of a device', { limits: { session_limit: 3 } }, '/limits/session_limit'],
    ['a machine of a user', { unit: 'user', assignable_to: [], machine_edition: 'server' }, '/machine_edition'],
  ])('%s', (_name, fields, fault) => {
    expect(faultOf(() => decideTraits(traits(fields), known))).toBe(fault)
  })
  it('has three sessions, one business and two personal devices where it says nothing', () => {
    expect([sessionLimitOf({ limits: {} }), pairingOf({ limits: {} })]).toEqual([3, { business: 1, personal: 2 }])
    expect(sessionLimitOf({ limits: { session_limit: 5 } })).toBe(5)
    expect(pairingOf({ limits: { personal_devices: 0 } })).toEqual({ business: 1, personal: 0 })
  })
})

describe('what may be sold', () => {
  it('409 offer_withdrawn: sold until it is withdrawn', () => {
    expect(faultOf(() => decideOnSale({ withdrawn_at: null }))).toBeNull()
    expect(faultOf(() => decideOnSale({ withdrawn_at: '2027-01-01T00:00:00.000Z' }))).toBe('offer_withdrawn')
  })
  it('what is subscribed to is what this release meters; the rest is refused, never half billed', () => {
    expect(faultOf(() => decideSubscribable({ charge_model: 'active_use', unit: 'device' }))).toBeNull()
    expect(faultOf(() => decideSubscribable({ charge_model: 'active_use', unit: 'user' }))).toBe('offer_not_metered')
    for (const unit of ['device', 'tenant', 'user'] as const)
      expect(faultOf(() => decideSubscribable({ charge_model: 'peak', unit }))).toBeNull()
    for (const charge_model of ['committed', 'prepaid'] as const)
      expect(faultOf(() => decideSubscribable({ charge_model, unit: 'device' }))).toBe('offer_is_ordered')
  })
  it('R-BILL-3: a year is paid at once only for whole years', () => {
    const periods = [1, 6, 12, 18, 24, 36].map((months) => hasPeriod({ ...annual, months }, 'annual'))
    expect(periods).toEqual([false, false, true, false, true, true])
    expect(hasPeriod({ ...annual, months: 1 }, 'monthly')).toBe(true)
  })
})

describe('add-ons', () => {
  const backup = { product_key: 'backup', edition_key: 'server' }
  it('of a product, of one edition, of something else', () => {
    expect(decideAddOn({ add_on_of: [{ product: 'Backup', edition: null }] }, backup)).toBe(true)
    expect(decideAddOn({ add_on_of: [{ product: 'BACKUP', edition: 'Server' }] }, backup)).toBe(true)
    expect(decideAddOn({ add_on_of: [{ product: 'Backup', edition: 'Desktop' }] }, backup)).toBe(false)
    expect(decideAddOn({ add_on_of: [] }, backup)).toBe(false)
  })
  it('follow an edition to its new name, and stay where another offer keeps the old one', () => {
    const targets = [
      { product: 'Backup', edition: 'Server' },
      { product: 'Backup', edition: null },
    ]
    const change = { product_key: 'backup', from: 'Server', to: 'Server Pro', keepsFrom: false }
    expect(renameTargets(targets, change)).toEqual([{ product: 'Backup', edition: 'Server Pro' }, targets[1]])
    expect(renameTargets(targets, { ...change, keepsFrom: true })).toHaveLength(3)
    expect(renameTargets(targets, { ...change, product_key: 'edge' })).toEqual(targets)
  })
})

describe('which license fits which machine (R-OFFER-3)', () => {
  const all = ['windows_workstation', 'windows_server', 'macos', 'linux'] as const
  const edition = (code: string, oses: readonly (typeof all)[number][], modes = ['monthly', 'annual'] as const) => ({
    code,
    name: code,
    position: 1,
    version: 1,
    fits: oses.flatMap((os) => modes.map((payment_mode) => ({ os, payment_mode }))),
  })
  const table: MachineEdition[] = [
    edition('desktop_server', all),
    edition('desktop', ['windows_workstation']),
    edition('server', ['windows_workstation', 'windows_server']),
  ]
  const decide = (code: string | null, os: (typeof all)[number], paymentMode: 'monthly' | 'annual' = 'monthly') =>
    decideMachine(table, { machine_edition: code }, { os, paymentMode })
  it('fits, or names the editions that do', () => {
    expect(decide('server', 'windows_server')).toEqual({ fits: true })
    expect(decide('desktop', 'windows_server')).toEqual({ fits: false, fitting: ['desktop_server', 'server'] })
    for (const os of ['macos', 'linux'] as const) {
      expect(decide('desktop_server', os)).toEqual({ fits: true })
      expect(decide('server', os)).toEqual({ fits: false, fitting: ['desktop_server'] })
    }
  })
  it('an edition outside the table fits all; the payment mode is part of the table', () => {
    expect(decide(null, 'linux')).toEqual({ fits: true })
    const yearly = [{ ...edition('server', []), fits: [{ os: 'linux' as const, payment_mode: 'annual' as const }] }]
    const at = (paymentMode: 'monthly' | 'annual') =>
      decideMachine(yearly, { machine_edition: 'server' }, { os: 'linux', paymentMode })
    expect([at('annual'), at('monthly')]).toEqual([{ fits: true }, { fits: false, fitting: [] }])
  })
  it('a Windows says in its version whether it is a server', () => {
    expect(toMachineOs({ os: 'windows', os_version: 'Windows Server 2025' })).toBe('windows_server')
    expect(toMachineOs({ os: 'windows', os_version: 'Windows 11 24H2' })).toBe('windows_workstation')
    expect(toMachineOs({ os: 'windows', os_version: 'Observer Edition' })).toBe('windows_workstation')
    expect(toMachineOs({ os: 'linux', os_version: 'Ubuntu Server' })).toBe('linux')
    expect(toMachineOs({ os: 'other', os_version: 'FreeBSD 15' })).toBe('linux')
  })
})
