import { describe, expect, it } from 'vitest'
import { toAuditSearch, toDeviceSearch, toInvoiceSearch, toTenantSearch, toText } from './search.ts'

describe('what stands behind the question mark', () => {
  it('keeps what is known and drops the rest', () => {
    expect(toTenantSearch({ q: 'acme', level: 'site', sort: '-created_at', other: 1 })).toEqual({
      q: 'acme',
      level: 'site',
      state: undefined,
      sort: '-created_at',
    })
    expect(toTenantSearch({ level: 'vendor', state: 'gone' })).toEqual({})
    expect(toDeviceSearch({ state: ['active'] }).state).toBeUndefined()
    expect(toInvoiceSearch({ month: '2027-13', direction: 'issued' })).toEqual({ direction: 'issued' })
  })

  it('takes digits for text: the router reads them as a number', () => {
    expect(toText(365)).toBe('365')
    expect(toText('')).toBeUndefined()
    expect(toText({})).toBeUndefined()
  })
})

it('of the audit: what is not there stays away, what has no meaning is dropped', () => {
  expect(toAuditSearch({})).toEqual({})
  const sound = { action: 'user.', object_kind: 'user', from: '2027-02-28', only: 'tenant' }
  expect(toAuditSearch(sound)).toEqual(sound)
  expect(toAuditSearch({ action: 'User', object_id: 'x', from: '2027-13-01', to: 3, only: 'all' })).toEqual({})
})
