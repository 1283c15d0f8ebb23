import type { Level } from '@tenantree/contract'

/** The demo channel as data. Everything is made by commands on its day; `day` 0 is the first of the story. */
export type DemoTenant = {
  key: string
  parent: string | null
  level: Level
  name: string
  country: string
  location?: string
  city: string
  street: string
  postalCode: string
  vat: string
  day: number
  inTrial?: boolean
}

/** The story ends today; it begins so that two whole months lie behind it. */
export const storyDays = 75

const partners: DemoTenant[] = [
  {
    key: 'vendor',
    parent: null,
    level: 'vendor',
    name: 'Northstar Software',
    country: 'DE',
    street: 'Am Sandtorkai 30',
    postalCode: '20457',
    city: 'Hamburg',
    vat: 'DE811128135',
    day: 0,
  },
  {
    key: 'contoso',
    parent: 'vendor',
    level: 'distributor',
    name: 'Contoso Distribution',
    country: 'DE',
    street: 'Hafenstraße 12',
    postalCode: '20457',
    city: 'Hamburg',
    vat: 'DE123456789',
    day: 0,
  },
  {
    key: 'iberia',
    parent: 'vendor',
    level: 'distributor',
    name: 'Oakline Iberia',
    country: 'ES',
    street: 'Calle de Serrano 41',
    postalCode: '28001',
    city: 'Madrid',
    vat: 'ESB58378431',
    day: 0,
  },
  {
    key: 'summit',
    parent: 'contoso',
    level: 'sub_distributor',
    name: 'Summit Nordics',
    country: 'DK',
    street: 'Østergade 5',
    postalCode: '1100',
    city: 'København K',
    vat: 'DK12345678',
    day: 0,
  },
  {
    key: 'alder',
    parent: 'contoso',
    level: 'sub_distributor',
    name: 'Alder DACH',
    country: 'CH',
    street: 'Bahnhofstrasse 21',
    postalCode: '8001',
    city: 'Zürich',
    vat: 'CHE116281710',
    day: 0,
  },
  {
    key: 'northwind',
    parent: 'summit',
    level: 'reseller',
    name: 'Northwind Digital',
    country: 'DK',
    street: 'Vesterbrogade 90',
    postalCode: '1620',
    city: 'København V',
    vat: 'DK87654321',
    day: 0,
  },
  {
    key: 'kestrel',
    parent: 'summit',
    level: 'reseller',
    name: 'Kestrel Systems',
    country: 'SE',
    street: 'Sveavägen 44',
    postalCode: '111 34',
    city: 'Stockholm',
    vat: 'SE556703748501',
    day: 0,
  },
  {
    key: 'bluefjord',
    parent: 'alder',
    level: 'reseller',
    name: 'Bluefjord IT',
    country: 'AT',
    location: 'germany',
    street: 'Mariahilfer Straße 8',
    postalCode: '1070',
    city: 'Wien',
    vat: 'ATU13585627',
    day: 0,
  },
  {
    key: 'tideway',
    parent: 'iberia',
    level: 'reseller',
    name: 'Tideway Tecnología',
    country: 'PT',
    street: 'Rua Augusta 100',
    postalCode: '1100-053',
    city: 'Lisboa',
    vat: 'PT507957547',
    day: 0,
  },
]

const customerNames = [
  'Northwind Dental',
  'Ironwood Motors',
  'Juniper Legal',
  'Fairmont Insurance',
  'Fairmont Media',
  'Meridian Clinics',
  'Summit Architects',
  'Ashford Robotics',
  'Pioneer Textiles',
  'Lakeside Accounting',
  'Redstone Pharmacy',
  'Blue Harbor Design',
  'Halcyon Labs',
  'Granite Foods',
  'Beacon Logistics',
  'Willow Veterinary',
  'Harbor Freight Forwarding',
  'Copper Kettle Brewing',
  'Silver Birch Homes',
  'Orchard Schools',
  'Falcon Courier',
  'Maple Optics',
  'Riverside Printing',
  'Stonebridge Law',
  'Clearwater Spa',
  'Atlas Tooling',
  'Hazel & Sons',
  'Verdant Gardens',
  'Polar Ventilation',
  'Amber Jewelry',
  'Crescent Hotels',
  'Foxglove Florists',
  'Kingfisher Boats',
  'Larkspur Studio',
  'Moorland Dairy',
  'Nimbus Aviation',
]
const resellers = ['northwind', 'kestrel', 'bluefjord', 'tideway'] as const
const places: Record<(typeof resellers)[number], Pick<DemoTenant, 'country' | 'location' | 'city' | 'postalCode'>> = {
  northwind: { country: 'DK', city: 'København', postalCode: '2100' },
  kestrel: { country: 'SE', city: 'Uppsala', postalCode: '753 20' },
  bluefjord: { country: 'AT', location: 'germany', city: 'Graz', postalCode: '8010' },
  tideway: { country: 'PT', city: 'Porto', postalCode: '4000-322' },
}

/** Half of the customers are Northwind's, so that one reseller has a full list; the last three came this month, in trial. */
const customers: DemoTenant[] = customerNames.map((name, index) => {
  const parent = index % 2 === 0 ? 'northwind' : resellers[1 + ((index >> 1) % 3)]!
  const isNew = index >= customerNames.length - 3
  return {
    key: `customer-${index + 1}`,
    parent,
    level: 'end_customer',
    name,
    ...places[parent],
    street: `${3 + ((index * 7) % 90)} Market Street`,
    vat: `${places[parent].country}${String(40_000_000 + index * 7919)}`,
    day: isNew ? storyDays - 12 + (index % 3) * 4 : Math.min(index, 20),
    inTrial: isNew,
  }
})

const sites: DemoTenant[] = [1, 3, 7, 11, 13].flatMap((number, index) => {
  const customer = customers[number - 1]!
  return ['Headquarters', 'Warehouse'].map((name, nth) => ({
    ...customer,
    key: `site-${number}-${nth}`,
    parent: customer.key,
    level: 'site' as const,
    name,
    day: customer.day + 1 + index,
    inTrial: false,
  }))
})

export const tenants: readonly DemoTenant[] = [...partners, ...customers, ...sites]

export type DemoPrice = { seller: string; buyer: string | null; currency: string; backup: string; browser: string }
export const offers = [
  {
    key: 'backup',
    product: 'Backup',
    edition: 'Standard',
    rank: 10,
    description: 'Each machine that was active in the month, billed after it.',
    trial: { days: 30, end_policy: 'convert' },
    features: ['file_backup', 'ransomware_watch'],
  },
  {
    key: 'browser',
    product: 'Browser Security',
    edition: 'Core',
    rank: 5,
    description: 'Each machine whose browser was protected in the month, billed after it.',
    trial: { days: 30, end_policy: 'convert' },
    features: ['phishing_guard', 'extension_control'],
  },
] as const

/** Every customer has the first product, every third the second one too. */
export const offersOf = (tenant: DemoTenant): readonly ('backup' | 'browser')[] =>
  Number(tenant.key.split('-')[1]) % 3 === 1 ? ['backup', 'browser'] : ['backup']

/** Each seller asks more than it pays; one buyer has prices of its own. */
export const prices: readonly DemoPrice[] = [
  { seller: 'vendor', buyer: null, currency: 'EUR', backup: '4.10', browser: '1.85' },
  { seller: 'vendor', buyer: 'contoso', currency: 'EUR', backup: '3.95', browser: '1.7825' },
  { seller: 'contoso', buyer: null, currency: 'EUR', backup: '4.90', browser: '2.25' },
  { seller: 'iberia', buyer: null, currency: 'EUR', backup: '5.20', browser: '2.40' },
  { seller: 'summit', buyer: null, currency: 'EUR', backup: '5.80', browser: '2.70' },
  { seller: 'alder', buyer: null, currency: 'EUR', backup: '6.10', browser: '2.85' },
  { seller: 'northwind', buyer: null, currency: 'DKK', backup: '64.00', browser: '29.50' },
  { seller: 'kestrel', buyer: null, currency: 'SEK', backup: '95.00', browser: '44.00' },
  { seller: 'bluefjord', buyer: null, currency: 'EUR', backup: '8.50', browser: '4.20' },
  { seller: 'tideway', buyer: null, currency: 'EUR', backup: '8.20', browser: '3.90' },
]

export const demoPassword = 'tenantree-demo-2026'
export const demoDomain = 'demo.example'
/** Who can be signed in as, one on each level of one branch. */
export const users = [
  { tenant: 'vendor', name: 'Vera Norden', role: 'superuser' },
  { tenant: 'contoso', name: 'Dieter Hafen', role: 'superuser' },
  { tenant: 'contoso', name: 'Frieda Zahl', role: 'finance' },
  { tenant: 'summit', name: 'Signe Holm', role: 'superuser' },
  { tenant: 'northwind', name: 'Rasmus Berg', role: 'superuser' },
  { tenant: 'northwind', name: 'Tove Lind', role: 'supporter' },
  { tenant: 'customer-1', name: 'Karen Dahl', role: 'superuser' },
] as const

export type DemoDevice = {
  key: string
  tenant: string
  hostName: string
  kind: 'server' | 'workstation'
  day: number
  os: 'windows' | 'linux' | 'macos'
}

const sizes = [4, 9, 2, 6, 3, 11, 5, 2, 7, 3, 8, 4]

/** Machines of customers and sites: the first of each a server, most of them there from the beginning, some joining later. */
export const devices: readonly DemoDevice[] = [...customers, ...sites].flatMap((tenant, index) =>
  Array.from({ length: sizes[index % sizes.length]! }, (_, nth) => toMachine(tenant, index, nth)),
)

function toMachine(tenant: DemoTenant, index: number, nth: number): DemoDevice {
  const isServer = nth === 0
  const prefix = tenant.name
    .replace(/[^A-Za-z]/g, '')
    .slice(0, 4)
    .toUpperCase()
  return {
    key: `demo-${tenant.key}-${nth}`,
    tenant: tenant.key,
    hostName: `${prefix}-${isServer ? 'SRV' : 'WS'}-${String(index * 10 + nth + 1).padStart(3, '0')}`,
    kind: isServer ? 'server' : 'workstation',
    day: tenant.day + (nth % 5 === 4 ? 18 : nth % 3),
    os: isServer ? (['linux', 'windows'] as const)[index % 2]! : (['windows', 'windows', 'macos'] as const)[nth % 3]!,
  }
}

/** Whether a machine is on that day: servers always, others on most weekdays. The same for everyone who runs the demo. */
export function isOn(machineKey: string, isServer: boolean, day: number, weekday: number): boolean {
  if (isServer) return true
  let hash = 2_166_136_261
  for (const letter of `${machineKey}/${day}`) hash = Math.imul(hash ^ letter.charCodeAt(0), 16_777_619)
  const share = (hash >>> 0) % 100
  return weekday >= 6 ? share < 12 : share < 86
}
