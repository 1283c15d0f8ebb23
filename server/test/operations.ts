import { readFileSync } from 'node:fs'

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the document holds
type Json = any
export type Parameter = { in: 'path' | 'query' | 'header'; name: string; schema: Json }
export type Operation = {
  id: string
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  who: 'anyone' | 'user' | 'device'
  parameters: Parameter[]
  /** The schema of the body, with its references resolved at the top; null where the operation takes none. */
  body: Json | null
  /** The schema of the answer that is not a problem. */
  answer: Json
  raw: Json
}

export const document: Json = JSON.parse(readFileSync(new URL('../../contract/openapi.json', import.meta.url), 'utf8'))

export const resolve = (of: Json, schema: Json): Json =>
  schema?.$ref === undefined ? schema : resolve(of, of.components.schemas[schema.$ref.split('/').at(-1)])

function whoOf(raw: Json): Operation['who'] {
  if (raw.security === undefined) return 'user'
  return raw.security.length === 0 ? 'anyone' : 'device'
}

/** The operations of an OpenAPI document, as the tests that walk them need them. */
export const toOperations = (of: Json): Operation[] =>
  Object.entries<Json>(of.paths).flatMap(([path, methods]) =>
    Object.entries<Json>(methods).map(([method, raw]) => {
      const [success] = Object.keys(raw.responses).filter((status) => status.startsWith('2'))
      const [content] = Object.values<Json>(raw.responses[success ?? '']?.content ?? {})
      const body = resolve(of, raw.requestBody?.content?.['application/json']?.schema) ?? null
      return {
        id: raw.operationId,
        method: method.toUpperCase() as Operation['method'],
        path,
        who: whoOf(raw),
        parameters: raw.parameters ?? [],
        body,
        answer: resolve(of, content?.schema) ?? null,
        raw,
      }
    }),
  )

export const operations = toOperations(document)
export const isChange = (operation: Operation): boolean => operation.method !== 'GET'
export const isPaged = ({ parameters }: Operation): boolean =>
  parameters.some((parameter) => parameter.in === 'query' && parameter.name === 'cursor')

/** `/v1/tenants/{id}` with the values of its parameters. */
export const fill = (path: string, values: Readonly<Record<string, string>>): string =>
  path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => values[name] ?? '00000000-0000-7000-8000-000000000000')
