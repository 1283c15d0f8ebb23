import { describe, expect, it } from 'vitest'
import { toDay, toInstant, toInstantText } from '../kernel/time.ts'
import { cutoffOf, decideKeptFor, endOf, goesOn, toText } from './domain.ts'

const days = (count: number) => ({ count, unit: 'days' }) as const
const months = (count: number) => ({ count, unit: 'months' }) as const
const years = (count: number) => ({ count, unit: 'years' }) as const

describe('when something goes', () => {
  it.each([
    ['in the day: the midnight after the 90 days', '2027-01-05T10:00:00.000Z', days(90), '2027-04-06'],
    ['one millisecond into the day', '2027-01-05T00:00:00.001Z', days(90), '2027-04-06'],
    ['at midnight: on the 90th day', '2027-01-05T00:00:00.000Z', days(90), '2027-04-05'],
    ['the last moment of a day', '2027-01-04T23:59:59.999Z', days(90), '2027-04-05'],
    ['13 months after the end of a month', '2027-02-01T00:00:00.000Z', months(13), '2028-03-01'],
    ['a month shorter than the one before', '2027-01-31T10:00:00.000Z', months(1), '2027-03-01'],
    [
      'the end of a month that is longer than the one in which it ends',
      '2027-01-29T00:00:00.000Z',
      months(1),
      '2027-03-01',
    ],
    ['ten years from a leap day', '2028-02-29T10:00:00.000Z', years(10), '2038-03-01'],
  ])('%s', (_name, since, kept, day) => expect(goesOn(since, kept).toString()).toBe(day))

  it('is due on the day on which it goes, and not a day before: for every day of a leap year', () => {
    for (const kept of [days(1), days(90), months(13), years(10)])
      for (let day = toDay('2028-01-01'); day.year < 2029; day = day.add({ days: 1 }))
        for (const time of ['00:00:00.000Z', '00:00:00.001Z', '23:59:59.999Z']) {
          const since = `${day}T${time}`
          const on = goesOn(since, kept)
          expect(since <= cutoffOf(on, kept), `${since} ${toText(kept)}`).toBe(true)
          expect(since <= cutoffOf(on.subtract({ days: 1 }), kept), `${since} ${toText(kept)}`).toBe(false)
          expect(toInstantText(endOf(toInstant(since), kept)) <= `${on}T00:00:00.000Z`).toBe(true)
        }
  })
})

describe('decideKeptFor', () => {
  const mails = { keptFor: days(30), atLeast: days(1) }
  const invoices = { keptFor: years(10), atLeast: years(10) }
  const signals = { keptFor: months(13), atLeast: days(1) }
  it.each([
    [mails, 1],
    [mails, 36_500],
    [signals, 1],
    [invoices, 10],
    [invoices, 11],
  ])('%j may be %i', (clock, count) => expect(decideKeptFor(clock, count)).toEqual({ ...clock.keptFor, count }))
  it.each([
    [mails, 0],
    [signals, 0],
    [invoices, 9],
  ])('422 kept_too_short: %j may not be %i', (clock, count) =>
    expect(() => decideKeptFor(clock, count)).toThrow(expect.objectContaining({ code: 'kept_too_short' })),
  )
})

it('says how long in words', () => {
  expect([days(1), days(90), years(10)].map(toText)).toEqual(['1 day', '90 days', '10 years'])
})
