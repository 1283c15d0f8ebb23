type Fetch = (request: Request) => Promise<Response>

const longestWaitMs = 5000
const firstWaitMs = 200

// Without a key a repeated POST could happen twice; sessions and agents take none.
const takesKey = (request: Request) =>
  request.method === 'POST' && !/\/(v1\/sessions|agent\/v1)(\/|$)/.test(new URL(request.url).pathname)

const isRepeatable = (request: Request) =>
  request.method === 'GET' || request.method === 'PUT' || request.headers.has('idempotency-key')

/** crypto.randomUUID is missing in a page that came over plain HTTP from another machine. */
const newKey = () =>
  crypto.randomUUID?.() ??
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')

async function asksForRepeat(response: Response) {
  if (response.status === 429 || response.status === 503) return true
  if (response.status !== 409) return false
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null)
  return typeof body === 'object' && body !== null && 'code' in body && body.code === 'request_in_progress'
}

/** Milliseconds until the next try, or null if the server asks for more patience than a caller has. */
function waitMs(attempt: number, response: Response | null) {
  const after = Number(response?.headers.get('retry-after') ?? 0) * 1000
  const wait = Math.max(after, firstWaitMs * 3 ** attempt)
  return wait <= longestWaitMs ? wait : null
}

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    const stop = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    signal.addEventListener('abort', stop, { once: true })
  })

type Outcome = { response: Response } | { error: unknown }

const settle = (fetch: Fetch, request: Request): Promise<Outcome> =>
  fetch(request.clone()).then(
    (response) => ({ response }),
    (error: unknown) => ({ error }),
  )

/** Milliseconds to wait before the next try, or null if this outcome is the last. */
async function nextTryInMs(outcome: Outcome, request: Request, tries: number) {
  if (request.signal.aborted || !isRepeatable(request)) return null
  if ('error' in outcome) return waitMs(tries, null)
  return (await asksForRepeat(outcome.response)) ? waitMs(tries, outcome.response) : null
}

/** Repeats what is safe to repeat. A POST gets an idempotency key first, so that the server does it once. */
export const withRetries =
  (fetch: Fetch, retries: number): Fetch =>
  async (request) => {
    if (takesKey(request) && !request.headers.has('idempotency-key')) request.headers.set('idempotency-key', newKey())
    let outcome = await settle(fetch, request)
    for (let tries = 0; tries < retries; tries++) {
      const wait = await nextTryInMs(outcome, request, tries)
      if (wait === null) break
      await pause(wait, request.signal)
      outcome = await settle(fetch, request)
    }
    if ('error' in outcome) throw outcome.error
    return outcome.response
  }
