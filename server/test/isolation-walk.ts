import { randomBytes } from 'node:crypto'
import { newId } from '../src/platform/ids.ts'
import { company, unique } from './given.ts'
import { document, fill, isChange, type Operation, operations, resolve } from './operations.ts'
import { refusal, seen } from './state.ts'
import type { Answer, Client } from './world.ts'

export type Noun =
  | 'tenant'
  | 'offer'
  | 'priceList'
  | 'device'
  | 'invoice'
  | 'line'
  | 'billingRun'
  | 'mail'
  | 'user'
  | 'apiKey'
  | 'view'
  | 'license'
  | 'subscriber'
  | 'gateway'
  | 'domain'
  | 'order'
  | 'subscription'
  | 'filePolicy'
/** Ids that the caller may use, one of each noun, and ids that must look to it as if they did not exist. */
export type Caller = {
  as: Client
  own: Record<Noun, string>
  hidden: Partial<Record<Noun, readonly string[]>>
  /** Words that may stand in no answer: names and amounts. */
  words: readonly string[]
  /** Whose id stands on the invoices that the caller gets. R-TREE-9. */
  seller: string
}
/** A place of an operation that takes an id. */
type Slot = { operation: Operation; place: 'path' | 'query' | 'body'; name: string; noun: Noun }
export type Leak = { where: string; came: string }

const nounOfPath: Record<string, Noun> = {
  tenants: 'tenant',
  offers: 'offer',
  'price-lists': 'priceList',
  devices: 'device',
  invoices: 'invoice',
  'billing-runs': 'billingRun',
  mails: 'mail',
  users: 'user',
  views: 'view',
  'api-keys': 'apiKey',
  licenses: 'license',
  subscribers: 'subscriber',
  gateways: 'gateway',
  domains: 'domain',
  orders: 'order',
  subscriptions: 'subscription',
  'file-policies': 'filePolicy',
}
const nounOfName: Record<string, Noun> = {
  tenant_id: 'tenant',
  parent_id: 'tenant',
  under_id: 'tenant',
  buyer_id: 'tenant',
  offer_id: 'offer',
  line_id: 'line',
  actor_id: 'user',
  object_id: 'tenant',
  pool_id: 'tenant',
  from_pool_id: 'tenant',
  holder_id: 'device',
  order_id: 'order',
  company_id: 'tenant',
}

/** Parameters of a path that are words, with one that there is. */
const words: Readonly<Record<string, string>> = { kind: 'accesses' }
const parameterOf = (own: Caller['own'], operation: Operation, name: string): string =>
  words[name] ?? own[nounOf(operation, name)]

/** Throws for a new id that the walk does not know: it has to be told whose it is. */
function nounOf({ id, path }: Operation, name: string): Noun {
  const noun = name === 'id' ? nounOfPath[path.split('/')[2] ?? ''] : nounOfName[name]
  if (noun === undefined) throw new Error(`the isolation walk does not know what ${name} of ${id} is`)
  return noun
}

// biome-ignore lint/suspicious/noExplicitAny: a JSON schema
const isId = (schema: any): boolean => schema?.format === 'uuid' || (schema?.anyOf ?? []).some(isId)

const isRemoval = ({ method }: Operation): number => (method === 'DELETE' ? 1 : 0)

/**
 * Every id that a user can send, of every operation of openapi.json; those that remove come last. One's own account has tests of its own:
 * its ids are looked for among what the user itself has.
 */
export const slots: readonly Slot[] = operations
  .filter(({ who, path }) => who === 'user' && !path.startsWith('/v1/me/'))
  .sort((left, right) => isRemoval(left) - isRemoval(right))
  .flatMap((operation) => {
    const toSlot = (place: Slot['place'], name: string) => ({ operation, place, name, noun: nounOf(operation, name) })
    const fields = Object.entries(resolve(document, operation.body)?.properties ?? {})
    return [
      ...operation.parameters
        .filter(({ in: place, schema }) => place !== 'header' && isId(schema))
        .map(({ in: place, name }) => toSlot(place as Slot['place'], name)),
      ...fields.filter(([, schema]) => isId(schema)).map(([name]) => toSlot('body', name)),
    ]
  })

/** A body that is valid but for the id that is tried. */
const bodies: Record<string, (own: Caller['own']) => Record<string, unknown>> = {
  createUser: ({ tenant }) => ({
    tenant_id: tenant,
    email: `${randomBytes(6).toString('hex')}@users.example`,
    name: 'User',
    role: 'supporter',
  }),
  createTenant: ({ tenant }) => ({
    name: unique('tenant'),
    parent_id: tenant,
    level: 'site',
    device_country: 'DE',
    company,
  }),
  updateTenant: () => ({ name: unique('renamed') }),
  updateUser: () => ({ name: unique('renamed') }),
  createApiKey: ({ tenant }) => ({ tenant_id: tenant, name: 'Key', role: 'supporter', scopes: [] }),
  setSignInPolicy: () => ({ require_second_factor: false }),
  setIdentityProvider: () => ({
    issuer: 'https://login.example.com',
    client_id: 'walk',
    client_secret: 'walk',
    covers_below: false,
  }),
  updateView: () => ({ name: unique('renamed') }),
  updateOffer: () => ({ description: 'walk' }),
  createPriceList: ({ tenant }) => ({ buyer_id: tenant, currency: 'EUR' }),
  createPrice: ({ offer }) => ({ offer_id: offer, unit_price: { amount: '1', currency: 'EUR' } }),
  setBranding: () => ({ name: 'Brand', color: '#0b7285', logo: null, sender_name: null }),
  createSubscription: ({ tenant, offer }) => ({ tenant_id: tenant, offer_id: offer }),
  setSubscriptionState: () => ({ state: 'in_trial' }),
  startDeviceTrial: ({ offer }) => ({ offer_id: offer }),
  setTrialMails: () => ({ enabled: false }),
  addFilePolicy: () => ({ direction: 'upload', web_sites: ['*'], mime_types: ['*/*'], action: 'block' }),
  orderFilePolicies: () => ({ ids: [] }),
  deleteTenant: () => ({ confirm_name: 'not its name' }),
  moveTenant: ({ tenant }) => ({ parent_id: tenant }),
  previewMove: ({ tenant }) => ({ parent_id: tenant }),
  placeOrder: ({ tenant, offer }) => ({
    buyer_id: tenant,
    lines: [{ offer_id: offer, term: 'monthly', quantity: 1 }],
    payment_mode: 'monthly',
    terms_version: 1,
  }),
  previewOrder: ({ tenant, offer }) => ({
    buyer_id: tenant,
    lines: [{ offer_id: offer, term: 'monthly', quantity: 1 }],
    payment_mode: 'monthly',
  }),
  setPaymentMode: () => ({ mode: 'monthly', reason: 'walk' }),
  setOrderSettings: () => ({ may_order: true }),
  createSubscriber: ({ tenant }) => ({
    tenant_id: tenant,
    email: `${randomBytes(6).toString('hex')}@people.example`,
    name: 'P',
  }),
  createGateway: ({ tenant }) => ({ tenant_id: tenant, name: unique('Gateway') }),
  createDomain: ({ tenant }) => ({
    tenant_id: tenant,
    name: `${randomBytes(6).toString('hex')}.example`,
    kind: 'microsoft_365',
  }),
  assignLicense: ({ device }) => ({ holder_kind: 'device', holder_id: device }),
  takeLicense: ({ device, offer }) => ({ holder_kind: 'device', holder_id: device, offer_id: offer }),
  changeLicenseEdition: ({ offer }) => ({ offer_id: offer }),
  moveLicenses: ({ tenant, offer }) => ({ pool_id: tenant, from_pool_id: tenant, offer_id: offer, quantity: 1 }),
  setPoolSettings: () => ({ take: 'manual' }),
  setAsideLicenses: ({ offer }) => ({ offer_id: offer, number: 0 }),
  requestTrialLicenses: ({ tenant, offer }) => ({ tenant_id: tenant, offer_id: offer }),
  setStorageLocation: () => ({ storage_location: 'germany', reason: 'walk' }),
}

/** What a question has to name beside ids. */
const questions: Readonly<Record<string, string>> = {
  askFilePolicies: '?direction=upload&host=example.com&mime_type=text/plain',
}

async function trySlot(caller: Caller, { operation, place, name }: Slot, id: string): Promise<Answer> {
  const own = Object.fromEntries(
    operation.parameters
      .filter(({ in: at }) => at === 'path')
      .map((parameter) => [parameter.name, parameterOf(caller.own, operation, parameter.name)]),
  )
  const path = fill(operation.path, place === 'path' ? { ...own, [name]: id } : own)
  const body = bodies[operation.id]?.(caller.own)
  const sent = place === 'body' ? { ...body, [name]: id } : body
  if (operation.method === 'PATCH') return caller.as.patch(path, sent, 999)
  if (operation.method === 'PUT') return caller.as.put(path, sent, 999)
  if (operation.method === 'POST') return caller.as.post(path, sent)
  if (operation.method === 'DELETE') return caller.as.delete(path)
  return caller.as.get(place === 'query' ? `${path}?${name}=${id}` : `${path}${questions[operation.id] ?? ''}`)
}

/**
 * Tries hidden ids everywhere: each answer has to be a refusal, byte for byte the one for an id that does not exist.
 * Answers where it was not, and how much was tried.
 */
export async function findTellingAnswers(caller: Caller): Promise<{ leaks: Leak[]; tried: number }> {
  const answers = []
  for (const slot of slots) answers.push(...(await tryHidden(caller, slot)))
  return { leaks: answers.filter((answer) => answer !== null), tried: answers.length }
}

/** For each hidden id null, or what told it from an id that does not exist. */
async function tryHidden(caller: Caller, slot: Slot): Promise<(Leak | null)[]> {
  const ids = caller.hidden[slot.noun] ?? []
  if (ids.length === 0) return []
  const missing = JSON.stringify(seen(await trySlot(caller, slot, newId())))
  const answers = []
  for (const id of ids) {
    const answer = await trySlot(caller, slot, id)
    const isHidden = JSON.stringify(seen(answer)) === missing && isRefusal(slot, answer)
    answers.push(isHidden ? null : { where: `${slot.operation.id} ${slot.name}`, came: refusal(answer) })
  }
  return answers
}

/** 404, or what is refused before the id is looked at, or the rule of the caller's own edge. */
const isRefusal = ({ operation, name }: Slot, answer: Answer): boolean =>
  refusal(answer) === '404 not_found' ||
  (refusal(answer) === '403 not_allowed' && isChange(operation)) ||
  // Whether a tenant's own users may order is asked before whose pool it is for.
  (refusal(answer) === '403 purchase_not_allowed' && operation.id === 'placeOrder') ||
  (refusal(answer) === '422 offer_not_offered' &&
    ['createSubscription offer_id', 'startDeviceTrial offer_id'].includes(`${operation.id} ${name}`))

const isFile = ({ answer }: Operation): boolean => answer?.format === 'binary'

/** Reads all that the caller can read by itself, and answers where a hidden id or word stands in it. */
export async function findMentions(caller: Caller): Promise<{ leaks: Leak[]; read: number }> {
  const secrets = [...Object.values(caller.hidden).flat(), ...caller.words].filter((id) => id !== caller.seller)
  const reads = operations.filter((operation) => operation.who === 'user' && !isChange(operation) && !isFile(operation))
  const searches = caller.words.map((word) => `/v1/tenants?q=${encodeURIComponent(word)}`)
  const paths = reads.map((operation) => {
    const names = operation.parameters.filter(({ in: place }) => place === 'path').map(({ name }) => name)
    const own = Object.fromEntries(names.map((name) => [name, parameterOf(caller.own, operation, name)]))
    const isPaged = operation.parameters.some(({ name }) => name === 'limit')
    return `${fill(operation.path, own)}${questions[operation.id] ?? (isPaged ? '?limit=500' : '')}`
  })
  const leaks: Leak[] = []
  for (const path of [...paths, ...searches, '/v1/tenants?sort=-created_at', '/v1/usage?month=2027-01']) {
    const answer = await caller.as.get(path)
    if (answer.body?.next) throw new Error(`${path} has more rows than the walk reads`)
    const text = JSON.stringify(answer.body)
    leaks.push(...secrets.filter((secret) => text.includes(secret)).map((came) => ({ where: path, came })))
  }
  return { leaks, read: paths.length }
}
