import { describe, expect, it } from 'vitest'
import { Problem } from '../../kernel/problem.ts'
import { toStripeAmount } from './domain.ts'

describe('the amount as Stripe counts it', () => {
  it.each([
    ['EUR', 1234n, 1234],
    ['JPY', 500n, 500],
    ['KRW', 12_000n, 12_000],
    ['BHD', 1230n, 1230],
    ['UGX', 7n, 700],
    ['ISK', 7n, 700],
    ['EUR', 99_999_999n, 99_999_999],
  ])('%s %s minor units are %s', (currency, minor, amount) =>
    expect(toStripeAmount({ minor, currency })).toEqual({ amount, currency: currency.toLowerCase() }),
  )

  it.each([
    ['BHD', 1234n],
    ['EUR', 0n],
    ['EUR', -5n],
    ['EUR', 100_000_000n],
  ])('422 card_amount_invalid: %s %s', (currency, minor) =>
    expect(() => toStripeAmount({ minor, currency })).toThrow(Problem),
  )
})
