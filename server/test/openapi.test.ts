import { expect, describe as group, it } from 'vitest'
import { document, type Operation, resolve, toOperations } from './operations.ts'

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the document holds
type Json = any
type Fault = { where: string; fault: string }

/** Where names are not known beforehand. Everything else of the API refuses or never sends an unknown field. */
const records = [
  'Problem.params',
  'Overview.tenants_by_level',
  'Overview.devices_by_state',
  'AuditEvent.before.anyOf',
  'AuditEvent.after.anyOf',
]

const children = (schema: Json): [string, Json][] => [
  ...Object.entries(schema.properties ?? {}),
  ...['items', 'additionalProperties']
    .filter((key) => typeof schema[key] === 'object')
    .map((key) => [key, schema[key]]),
  ...['anyOf', 'oneOf', 'allOf'].flatMap((key) => (schema[key] ?? []).map((part: Json) => [key, part])),
]

const isObject = (schema: Json): boolean => [schema.type].flat().includes('object') || schema.properties !== undefined

/** WebAuthn has names and extensions of its own: browsers write and read them. */
const foreign = /^((AddPasskey|SignInWithPasskey)\.response|PasskeyOptions\.options)$/

/** Object schemas that let an unknown field pass, and fields that are not snake_case. */
function findLoose(schema: Json, where: string): Fault[] {
  if (foreign.test(where)) return []
  const inside = children(schema).flatMap(([name, child]) => findLoose(child, `${where}.${name}`))
  const isOpen = isObject(schema) && schema.additionalProperties !== false && !records.includes(where)
  const badNames = Object.keys(schema.properties ?? {}).filter((name) => !/^[a-z][a-z0-9_]*$/.test(name))
  return [
    ...(isOpen ? [{ where, fault: 'takes unknown fields' }] : []),
    ...badNames.map((name) => ({ where, fault: `${name} is not snake_case` })),
    ...inside,
  ]
}

const isPage = (schema: Json): boolean =>
  Object.keys(schema?.properties ?? {}).join() === 'data,next' && schema.properties.data.type === 'array'

function findUnnamed({ id, method, path, raw }: Operation): Fault[] {
  const where = id ?? `${method} ${path}`
  const missing = [
    ...(/^[a-z][A-Za-z]+$/.test(id ?? '') ? [] : ['operationId']),
    ...((raw.summary ?? '').length > 4 ? [] : ['summary']),
    ...((raw.tags ?? []).length > 0 ? [] : ['tags']),
    ...['4XX', '5XX'].filter(
      (kind) =>
        raw.responses[kind]?.content?.['application/problem+json']?.schema?.$ref !== '#/components/schemas/Problem',
    ),
  ]
  return missing.map((name) => ({ where, fault: `has no ${name}` }))
}

function findListFaults(of: Json, { id, answer, parameters }: Operation): Fault[] {
  const names = parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name)
  const limit = resolve(of, parameters.find(({ name }) => name === 'limit')?.schema)
  const faults = [
    ...((id ?? '').startsWith('list') !== isPage(answer) ? ['a list answers { data, next }, and only a list'] : []),
    ...(answer?.type === 'array' ? ['answers a bare array'] : []),
    ...(names.includes('cursor') !== names.includes('limit') ? ['pages by cursor and limit together'] : []),
    ...(limit !== undefined && limit.maximum !== 500 ? ['limit goes up to 500'] : []),
  ]
  return faults.map((fault) => ({ where: id, fault }))
}

function findFaults(of: Json): Fault[] {
  const all = toOperations(of)
  const ids = all.map(({ id }) => id)
  const inline = all.flatMap(({ id, raw }) => [
    ...Object.values<Json>(raw.requestBody?.content ?? {}).flatMap(({ schema }) => findLoose(schema, `${id}.body`)),
    ...Object.values<Json>(raw.responses).flatMap((answer) =>
      Object.values<Json>(answer.content ?? {}).flatMap(({ schema }) => findLoose(schema, `${id}.answer`)),
    ),
  ])
  return [
    ...Object.entries<Json>(of.components.schemas).flatMap(([name, schema]) => findLoose(schema, name)),
    ...inline,
    ...all.flatMap(findUnnamed),
    ...all.flatMap((operation) => findListFaults(of, operation)),
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((where) => ({ where, fault: 'stands twice' })),
  ]
}

group('openapi.json', () => {
  it('describes every operation, strictly', () => {
    expect(toOperations(document).length).toBeGreaterThan(40)
    expect(findFaults(document)).toEqual([])
  })

  const planted: [where: string, fault: string, plant: (of: Json) => void][] = [
    ['Tenant', 'takes unknown fields', (of) => delete of.components.schemas.Tenant.additionalProperties],
    ['Company', 'takes unknown fields', (of) => (of.components.schemas.Company.additionalProperties = true)],
    [
      'getTenant.answer',
      'takes unknown fields',
      (of) => (of.paths['/v1/tenants/{id}'].get.responses[200].content['application/json'].schema = { type: 'object' }),
    ],
    ['Me', 'hasPassword is not snake_case', (of) => (of.components.schemas.Me.properties.hasPassword = {})],
    ['GET /v1/me', 'has no operationId', (of) => delete of.paths['/v1/me'].get.operationId],
    ['getMe', 'has no summary', (of) => delete of.paths['/v1/me'].get.summary],
    ['getMe', 'has no tags', (of) => (of.paths['/v1/me'].get.tags = [])],
    ['getMe', 'has no 4XX', (of) => delete of.paths['/v1/me'].get.responses['4XX']],
    ['listOffers', 'stands twice', (of) => (of.paths['/v1/price-lists'].get.operationId = 'listOffers')],
    [
      'listOffers',
      'a list answers { data, next }, and only a list',
      (of) => delete of.components.schemas.OfferPage.properties.next,
    ],
    ['listOffers', 'pages by cursor and limit together', (of) => of.paths['/v1/offers'].get.parameters.splice(0, 1)],
    ['listOffers', 'limit goes up to 500', (of) => (of.paths['/v1/offers'].get.parameters[1].schema.maximum = 9999)],
  ]

  it.each(planted)('the fault is found: %s %s', (where, fault, plant) => {
    const broken = structuredClone(document)
    plant(broken)
    expect(findFaults(broken)).toEqual([{ where, fault }])
  })
})
