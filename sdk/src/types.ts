import type * as operations from './generated/sdk.gen.js'

type Input = 'body' | 'headers' | 'path' | 'query' | 'signal'
// An optional filter may be passed on as undefined, also under exactOptionalPropertyTypes: callers need not build each
// query key by key.
type Filters<T> = { [K in keyof T]: Record<string, never> extends Pick<T, K> ? T[K] | undefined : T[K] }
type Options<T> = T extends object
  ? { [K in keyof T as Extract<K, Input>]: K extends 'query' ? Filters<T[K]> | undefined : T[K] }
  : T

/** An operation of the API bound to one server: it answers with the data, or throws ProblemError or ConnectionError. */
type Bound<T> = T extends (...input: infer Arguments) => infer Answer
  ? (...input: { [K in keyof Arguments]: Options<Arguments[K]> }) => Promise<Exclude<Awaited<Answer>, undefined>>
  : never

export type Tenantree = { [K in keyof typeof operations]: Bound<(typeof operations)[K]> }

export type TenantreeOptions = {
  /** Where the server is, such as `http://localhost:3000`. Empty in a page that the server itself serves. */
  baseUrl: string
  /** Sent as a bearer token. Left out where the session cookie speaks for you. */
  token?: string | undefined
  fetch?: ((request: Request) => Promise<Response>) | undefined
  /** How often a request is repeated when the server cannot be reached or asks for it. Two if left out. */
  retries?: number | undefined
}
