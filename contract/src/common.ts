import * as z from 'zod'
import { problemCodes } from './problems.ts'

export const id = z.uuid().meta({ description: 'A UUID' })
export const instant = z.iso.datetime().meta({ description: 'RFC 3339, UTC' })
export const day = z.iso.date().meta({ description: 'A UTC day, YYYY-MM-DD' })
export const month = z
  .string()
  .regex(/^[0-9]{4}-(0[1-9]|1[0-2])$/, 'must be a month, YYYY-MM')
  .meta({ description: 'A UTC calendar month, YYYY-MM', examples: ['2027-01'] })
export const country = z
  .string()
  .regex(/^[A-Z]{2}$/, 'must be a two-letter country code')
  .meta({ description: 'ISO 3166-1 alpha-2', examples: ['DE'] })
export const currency = z
  .string()
  .regex(/^[A-Z]{3}$/, 'must be a three-letter currency code')
  .meta({ description: 'ISO 4217', examples: ['EUR'] })
const noControl = /^[^\p{Cc}]*$/u
/** Text of one line: trimmed, not blank, no control characters. */
export const line = (max: number) =>
  z.string().trim().min(1, 'must not be blank').max(max).regex(noControl, 'must not hold control characters')
export const optionalLine = (max: number) => line(max).nullable()

/** An amount: decimal string in the currency's own number of digits. */
export const money = z
  .strictObject({ amount: z.string().regex(/^-?[0-9]{1,15}(\.[0-9]{1,4})?$/), currency })
  .meta({ id: 'Money', description: 'An exact amount as a decimal string' })
/** A unit price may have more digits than the currency. R-PRICE-3. */
export const unitPrice = z
  .strictObject({
    amount: z.string().regex(/^[0-9]{1,9}(\.[0-9]{1,8})?$/, 'must be a decimal of at most 8 digits after the point'),
    currency,
  })
  .meta({ id: 'UnitPrice', description: 'A price of one unit; may have more digits than the currency' })

export const problemField = z.strictObject({
  pointer: z.string().meta({ description: 'JSON pointer into the body, or the name of a query parameter' }),
  code: z.string(),
  detail: z.string(),
})
/** RFC 9457. */
export const problem = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    code: z.enum(problemCodes),
    request_id: z.string(),
    errors: z.array(problemField).optional(),
    params: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'What the code speaks of, such as the fitting editions' }),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details' })

export const cursor = z.string().max(512).meta({ description: 'The `next` of the page before' })
export const pageQuery = {
  cursor: cursor.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50).meta({ description: 'Rows a page, 1 to 500' }),
}
export const pageOf = <T extends z.ZodType>(row: T) =>
  z.strictObject({
    data: z.array(row),
    next: z.string().nullable().meta({ description: 'Cursor of the next page, or null' }),
  })
export const idParams = z.strictObject({ id })
export const nothing = z.null().meta({ description: 'No content' })
