import type { ChargeModel, HolderKind, LicensedUnit, OfferLimits, PriceRate } from '@tenantree/contract'
import { toDecimalText, toFraction } from '../kernel/fraction.ts'

/** The demo catalog beside the two offers of the story: one of each kind that is sold, as data. */
export type DemoFeature = { code: string; name: string; description: string }

export const features: readonly DemoFeature[] = [
  ['file_backup', 'Files and folders', 'Versions of files, restored one by one or whole.'],
  ['image_backup', 'Image of the machine', 'The whole machine, restored onto other hardware.'],
  ['ransomware_watch', 'Ransomware watch', 'Stops and tells when files change in a way that ransomware changes them.'],
  ['immutable_copies', 'Copies nobody can delete', 'Held for the retention time, also against an administrator.'],
  ['database_backup', 'Databases with logs', 'Point-in-time restore of SQL databases.'],
  ['vm_backup', 'Virtual machines without an agent', 'At the hypervisor, with changed blocks only.'],
  ['mailboxes', 'Mailboxes and calendars', 'Mail, contacts and calendars of each account.'],
  ['shared_drives', 'Drives and sites', 'Personal and shared drives, team sites.'],
  ['zero_trust_access', 'Access by identity', 'Opens an application to a person, not a network to a machine.'],
  ['web_filter', 'Web filter', 'Categories of sites, by group and time of day.'],
  ['traffic_inspection', 'Inspection of encrypted traffic', 'Finds malware in what is encrypted, at the edge.'],
  ['site_tunnels', 'Tunnels between sites', 'Joins offices without opening ports.'],
  ['phishing_guard', 'Phishing guard', 'Warns before a password is typed into a page that only looks right.'],
  ['extension_control', 'Control of extensions', 'Which extensions a browser may load.'],
  ['zero_trust_files', 'Zero-trust files', 'Downloads are rebuilt without active content before they are opened.'],
  ['sandbox', 'Sandbox', 'Unknown files run in a closed room first.'],
  ['round_the_clock', 'Answers at any hour', 'First answer within 30 minutes, day and night.'],
  ['named_engineer', 'A named engineer', 'The same person for every case.'],
  ['guided_setup', 'Guided setup', 'Two sessions with an engineer, until the first restore has been tried.'],
].map(([code, name, description]) => ({ code: code!, name: name!, description: description! }))

const commitments = [
  { code: 'monthly', name: 'Month to month', months: 1 },
  { code: 'annual', name: '1 year', months: 12 },
  { code: 'three_years', name: '3 years', months: 36 },
]
const lengths = [
  { code: 'year', name: '1 year', months: 12 },
  { code: 'three_years', name: '3 years', months: 36 },
]
const once = [{ code: 'once', name: 'Once', months: 1 }]

export type DemoOffer = {
  product: string
  edition: string
  rank: number
  unit: LicensedUnit
  charge_model: ChargeModel
  description: string
  /** What the vendor asks for a month of a month-to-month license, in hundredths of a euro. */
  cents: number
  shape?: 'volume' | 'graduated' | 'package' | 'flat'
  terms?: typeof commitments
  trial?: { days: number; end_policy: 'convert' | 'deactivate' | 'take_from_pool' }
  features?: string[]
  limits?: OfferLimits
  assignable_to?: HolderKind[]
  add_on_of?: { product: string; edition: string | null }[]
  metric?: 'used_storage'
  machine_edition?: string
}

const trial30 = { days: 30, end_policy: 'take_from_pool' as const }
const trial15 = { days: 15, end_policy: 'deactivate' as const }
const files = ['file_backup', 'ransomware_watch']
const edge = ['zero_trust_access', 'web_filter']
const browser = ['phishing_guard', 'extension_control']
const perMachine = { unit: 'device', charge_model: 'committed', terms: commitments, trial: trial30 } as const
const perUser = { unit: 'user', charge_model: 'committed', terms: commitments, trial: trial15 } as const
const every = (product: string) => ({ product, edition: null })

const mutable = <T>(values: readonly T[]): T[] => [...values]

export const offers: readonly DemoOffer[] = [
  {
    ...perMachine,
    product: 'Backup',
    edition: 'Desktop',
    rank: 20,
    description: 'Files and folders of Windows workstations.',
    cents: 240,
    shape: 'volume',
    features: mutable(files),
    machine_edition: 'desktop',
  },
  {
    ...perMachine,
    product: 'Backup',
    edition: 'Desktop & Server',
    rank: 30,
    description: 'Files, folders and images of any workstation or server, whatever it runs on.',
    cents: 650,
    features: [...files, 'image_backup'],
    limits: { retention_days: 365 },
    machine_edition: 'desktop_server',
  },
  {
    ...perMachine,
    product: 'Backup',
    edition: 'Server',
    rank: 40,
    description: 'Windows servers, with images and copies that nobody can delete.',
    cents: 980,
    features: [...files, 'image_backup', 'immutable_copies'],
    limits: { retention_days: 365 },
    machine_edition: 'server',
  },
  {
    ...perMachine,
    product: 'Backup',
    edition: 'SQL Server',
    rank: 50,
    description: 'A server and its databases, restored to any minute.',
    cents: 1490,
    features: [...files, 'image_backup', 'immutable_copies', 'database_backup'],
    limits: { retention_days: 730 },
    machine_edition: 'sql',
  },
  {
    product: 'Backup',
    edition: 'Virtual machines',
    rank: 60,
    unit: 'device',
    charge_model: 'prepaid',
    terms: lengths,
    trial: trial30,
    description: 'Guests of a hypervisor, paid ahead for the year.',
    cents: 1150,
    shape: 'package',
    features: ['image_backup', 'vm_backup', 'immutable_copies', 'ransomware_watch'],
    limits: { retention_days: 730 },
    machine_edition: 'vm',
  },
  {
    product: 'Cloud Backup',
    edition: 'Microsoft 365',
    rank: 10,
    unit: 'domain',
    charge_model: 'prepaid',
    terms: lengths,
    trial: { days: 15, end_policy: 'deactivate' },
    description: 'All accounts of one Microsoft 365 domain.',
    cents: 3800,
    features: ['mailboxes', 'shared_drives', 'ransomware_watch'],
  },
  {
    product: 'Cloud Backup',
    edition: 'Google Workspace',
    rank: 20,
    unit: 'domain',
    charge_model: 'prepaid',
    terms: lengths,
    trial: { days: 15, end_policy: 'deactivate' },
    description: 'All accounts of one Google Workspace domain.',
    cents: 3400,
    features: ['mailboxes', 'shared_drives'],
  },
  {
    ...perUser,
    product: 'Secure Edge',
    edition: 'User',
    rank: 10,
    description: 'A person on up to three devices with concurrent sessions.',
    cents: 520,
    shape: 'graduated',
    features: mutable(edge),
    limits: { session_limit: 3 },
  },
  {
    product: 'Secure Edge',
    edition: 'Gateway',
    rank: 20,
    unit: 'gateway',
    charge_model: 'committed',
    terms: commitments,
    trial: trial30,
    description: 'An office behind one appliance, with tunnels to the others.',
    cents: 4900,
    features: [...edge, 'traffic_inspection', 'site_tunnels'],
  },
  {
    ...perUser,
    product: 'Browser Security',
    edition: 'Core',
    rank: 10,
    description: 'The browsers of a person: one business and two personal devices.',
    cents: 210,
    shape: 'graduated',
    features: mutable(browser),
    limits: { business_devices: 1, personal_devices: 2 },
  },
  {
    ...perUser,
    product: 'Browser Security',
    edition: 'Core+',
    rank: 20,
    description: 'Core, and every download is rebuilt or tried in a closed room first.',
    cents: 340,
    shape: 'graduated',
    features: [...browser, 'zero_trust_files', 'sandbox'],
    limits: { business_devices: 1, personal_devices: 2 },
  },
  {
    product: 'Cloud Storage',
    edition: 'As used',
    rank: 10,
    unit: 'tenant',
    charge_model: 'peak',
    metric: 'used_storage',
    description: 'The highest storage of the month in gigabytes; your own storage is not charged.',
    cents: 2,
    shape: 'graduated',
    features: ['immutable_copies'],
  },
  {
    product: 'Premium Support',
    edition: 'Around the clock',
    rank: 10,
    unit: 'tenant',
    charge_model: 'committed',
    terms: commitments,
    description: 'Answers at any hour, by engineers who know the environment.',
    cents: 4900,
    features: ['round_the_clock', 'named_engineer'],
    add_on_of: [every('Backup'), every('Cloud Backup'), every('Secure Edge')],
  },
  {
    product: 'Onboarding',
    edition: 'Guided',
    rank: 10,
    unit: 'tenant',
    charge_model: 'prepaid',
    terms: once,
    description: 'Set up together, once, for a fixed price.',
    cents: 29000,
    shape: 'flat',
    features: ['guided_setup'],
    add_on_of: [every('Backup'), every('Secure Edge'), every('Browser Security')],
  },
]

export const wholeCatalogCustomers: readonly string[] = [
  'customer-1',
  'customer-2',
  'customer-3',
  'customer-5',
  'customer-7',
]

/** How a list multiplies what the vendor asks, in thousandths: with its currency, each seller takes its share. */
export const factors: Readonly<Record<string, number>> = {
  'vendor/': 1000,
  'vendor/contoso': 960,
  'contoso/': 1190,
  'iberia/': 1260,
  'summit/': 1400,
  'alder/': 1470,
  'northwind/': 15_600,
  'kestrel/': 23_100,
  'bluefjord/': 2050,
  'tideway/': 1980,
}

/** A product that gets dearer in some lists soon after the story. */
export const risingProduct = 'Secure Edge'
export const risingIn: readonly string[] = ['vendor/', 'contoso/', 'northwind/']
export const rise = 1.04

export const termsText = `1. What you buy
A license lets one holder use the service from its first day to the end of the term that was chosen with the order.

2. What you pay
A committed license is charged period by period to the end of its commitment. A prepaid license is charged for its whole length. What is
billed after use is charged for what was active in the calendar month.

3. Renewal and end
A license renews for the same term unless renewal is switched off before its last day. An order may be withdrawn whole for seven days.

4. Your data
Data stay in the storage location that was chosen when the customer was added, and are erased 30 days after the customer is deleted.`

const cheaper: Record<string, number> = { monthly: 1000, annual: 920, three_years: 840, year: 1000, once: 1000 }
const wholeYear = 11_400

const toText = (hundredths: number): string => toDecimalText(toFraction(BigInt(hundredths), 100n), 2)

export type DemoPrice = {
  term: string | null
  period: 'monthly' | 'annual'
  service_type: 'all_inclusive' | 'software_only' | null
  rate: PriceRate
}

/** What a list asks for an offer: a price for each term, by month and, where the term has whole years, by year. */
export function pricesOf(offer: DemoOffer, factor: number): DemoPrice[] {
  const base = offer.cents * factor
  if (offer.metric === 'used_storage') return storagePrices(base)
  return (offer.terms ?? []).flatMap((term) => {
    const month = Math.round((base * (cheaper[term.code] ?? 1000)) / 1_000_000)
    const monthly: DemoPrice = { term: term.code, period: 'monthly', service_type: null, rate: toRate(offer, month) }
    if (term.months < 12) return [monthly]
    const year = Math.round((month * wholeYear) / 1000)
    return [monthly, { ...monthly, period: 'annual', rate: toRate(offer, year) }]
  })
}

function toRate({ shape }: DemoOffer, hundredths: number): PriceRate {
  const off = (thousandths: number) => toText(Math.round((hundredths * thousandths) / 1000))
  if (shape === 'flat') return { model: 'flat', amount: off(1000) }
  if (shape === 'package') return { model: 'package', size: 5, package_price: off(4500) }
  if (shape === undefined) return { model: 'per_unit', unit_price: off(1000) }
  return {
    model: shape,
    tiers: [
      { above: 0, up_to: 50, unit_price: off(1000) },
      { above: 50, up_to: 250, unit_price: off(900) },
      { above: 250, up_to: null, unit_price: off(800) },
    ],
  }
}

/** `base` is in thousandths of a hundredth. A gigabyte costs less than the smallest coin: prices have more digits than the currency. */
function storagePrices(base: number): DemoPrice[] {
  const perGigabyte = (thousandths: number) =>
    toDecimalText(toFraction(BigInt(base) * BigInt(thousandths), 100_000_000n), 5)
  const tiers = [
    { above: 0, up_to: 1000, unit_price: perGigabyte(1000) },
    { above: 1000, up_to: 10_000, unit_price: perGigabyte(850) },
    { above: 10_000, up_to: null, unit_price: perGigabyte(700) },
  ]
  const key = { term: null, period: 'monthly' as const }
  return [
    { ...key, service_type: 'all_inclusive', rate: { model: 'graduated', tiers } },
    { ...key, service_type: 'software_only', rate: { model: 'per_unit', unit_price: '0' } },
  ]
}
