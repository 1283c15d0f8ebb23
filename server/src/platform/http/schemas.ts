import { problem } from '@tenantree/contract'
import * as z from 'zod'
import { Problem } from '../../kernel/problem.ts'

const problemAnswer = { description: 'A problem', content: { 'application/problem+json': { schema: problem } } }

/** The answers that every route may give beside its own. */
export const problemAnswers = { '4xx': problemAnswer, '5xx': problemAnswer }

/** Loose: a client sends many headers; these are the ones that a route reads. */
export const idempotencyHeaders = z.object({
  'idempotency-key': z
    .string()
    .min(1)
    .max(255)
    .optional()
    .meta({ description: 'Makes a repeated request safe: the same key gives the same answer for 24 hours' }),
})
export const ifMatchHeaders = z.object({
  'if-match': z.string().meta({ description: 'The ETag of the version that you change, such as "3"' }),
})

/** The version that an `If-Match` names. Throws stale_version for one that no answer of ours has had. */
export function toVersion(etag: string): number {
  const match = /^"?(\d{1,9})"?$/.exec(etag)
  if (match === null) throw new Problem('stale_version')
  return Number(match[1])
}

export const fileAnswer = (mediaType: string) => ({
  description: 'The file',
  content: { [mediaType]: { schema: z.any().meta({ type: 'string', format: 'binary' }) } },
})

export const xlsxType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** Security of a route in openapi.json. */
export const openToAll: Record<string, string[]>[] = []
export const byDeviceKey = [{ device_key: [] as string[] }]
