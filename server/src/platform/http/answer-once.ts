import type { FastifyReply, FastifyRequest } from 'fastify'
import type { CallContext } from '../../kernel/context.ts'
import { Problem } from '../../kernel/problem.ts'
import type { Database } from '../database.ts'
import { once } from '../idempotency.ts'
import { sha256 } from '../ids.ts'

type OnceOptions<Body> = {
  status: number
  act(call: CallContext): Promise<Body>
  /** For an answer that shows a secret: the id of the resource, which is all that is stored. */
  secretOf?(body: Body): string
}

/** Answers a POST. With an `Idempotency-Key` it is done once in 24 hours, and a repetition gets the stored answer. */
export async function answerOnce<Body>(
  db: Database,
  request: FastifyRequest,
  reply: FastifyReply,
  { status, act, secretOf }: OnceOptions<Body>,
): Promise<Body> {
  const key = request.headers['idempotency-key']
  if (key === undefined) {
    const body = await act(request.call)
    reply.code(status)
    return body
  }
  const answer = await once(db, request.call, toKey(request, key), async (call) => {
    const body = await act(call)
    return { status, body, ...(secretOf ? { secretOf: secretOf(body) } : {}) }
  })
  reply.code(answer.status)
  return answer.body as Body
}

function toKey(request: FastifyRequest, key: string | string[]) {
  if (typeof key !== 'string' || key.length === 0 || key.length > 255) {
    throw new Problem('invalid_request', {
      errors: [{ pointer: 'idempotency-key', code: 'invalid_header', detail: 'must be 1 to 255 characters' }],
    })
  }
  const { actor, tenantId } = request.call.scope
  return {
    credential: `${actor.kind}:${actor.id ?? tenantId}`,
    route: `${request.method} ${request.routeOptions.url}`,
    key,
    requestHash: sha256(JSON.stringify([request.url, request.body])).toString('hex'),
  }
}
