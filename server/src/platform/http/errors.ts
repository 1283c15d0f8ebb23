import { type ProblemCode, problems, statusOf } from '@tenantree/contract/problems'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { Problem, type ProblemFieldError } from '../../kernel/problem.ts'

/** RFC 9457 out of a problem: the one place where a kind becomes a status. */
export const toProblemBody = (problem: Problem, requestId: string) => ({
  type: `/docs/problems#${problem.code}`,
  title: problems[problem.code].title,
  status: statusOf[problems[problem.code].kind],
  ...(problem.details.detail === undefined ? {} : { detail: problem.details.detail }),
  code: problem.code,
  request_id: requestId,
  ...(problem.details.errors === undefined ? {} : { errors: problem.details.errors }),
  ...(problem.details.params === undefined ? {} : { params: problem.details.params }),
})

export function sendProblem(error: FastifyError | Problem | Error, request: FastifyRequest, reply: FastifyReply): void {
  const problem = asProblem(error, request)
  const body = toProblemBody(problem, request.id)
  if (body.status >= 500) request.log.error({ err: error, requestId: request.id, url: request.url }, 'request failed')
  if (problem.details.retryAfterS !== undefined) reply.header('retry-after', problem.details.retryAfterS)
  reply.code(body.status).header('content-type', 'application/problem+json').send(JSON.stringify(body))
}

export function sendNotFound(request: FastifyRequest, reply: FastifyReply): void {
  sendProblem(new Problem('not_found'), request, reply)
}

const codeOfFramework: Record<number, ProblemCode> = {
  400: 'malformed_request',
  413: 'body_too_large',
  415: 'malformed_request',
  429: 'too_many_requests',
  503: 'unavailable',
}

function asProblem(error: FastifyError | Problem | Error, request: FastifyRequest): Problem {
  if (error instanceof Problem) return error
  if (hasZodFastifySchemaValidationErrors(error)) return validationProblem(error, request)
  const status = 'statusCode' in error ? error.statusCode : undefined
  const code = status === undefined ? undefined : codeOfFramework[status]
  if (code !== undefined && request.routeOptions !== undefined) return new Problem(code, { detail: error.message })
  return new Problem('internal_error')
}

type ValidationError = FastifyError & {
  validationContext?: string
  validation: { instancePath: string; keyword: string; message?: string | undefined }[]
}

/** What has the wrong form in the path cannot exist: it answers like anything else that is not there. */
function validationProblem(error: unknown, request: FastifyRequest): Problem {
  const { validation, validationContext } = error as ValidationError
  if (validationContext === 'params') return new Problem('not_found')
  const isBody = validationContext === 'body'
  if (isBody && request.body == null) return new Problem('malformed_request', { detail: 'A JSON body is needed.' })
  const errors: ProblemFieldError[] = validation.map((issue) => ({
    // The pointer to the whole body is empty (RFC 6901).
    pointer: isBody && issue.instancePath !== '/' ? issue.instancePath : issue.instancePath.replace(/^\//, ''),
    code: issue.keyword,
    detail: issue.message ?? 'is not valid',
  }))
  return new Problem('invalid_request', { errors })
}
