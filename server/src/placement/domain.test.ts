import { expect, it } from 'vitest'
import { decideCountry, decideLocation, type StorageLocation } from './domain.ts'

const locations: StorageLocation[] = [
  { code: 'germany', name: 'Germany', country: 'DE', withdrawn: false },
  { code: 'australia', name: 'Australia', country: 'AU', withdrawn: false },
  { code: 'norway', name: 'Norway', country: 'NO', withdrawn: true },
]
const codeOf = (run: () => unknown) => {
  try {
    return run()
  } catch (error) {
    return (error as { code: string }).code
  }
}

it.each([
  ['DE', undefined, 'germany'],
  ['DE', 'germany', 'germany'],
  ['DE', 'france', 'location_fixed_by_country'],
  ['JP', undefined, 'location_required'],
  ['JP', 'australia', 'australia'],
  ['JP', 'atlantis', 'location_unknown'],
  ['NO', undefined, 'location_required'],
  ['NO', 'norway', 'location_unknown'],
])('country %s with %s sent: %s', (country, sent, expected) => {
  expect(codeOf(() => decideLocation(country, sent, locations))).toBe(expected)
})

it('422 for a code that is no country', () => {
  expect(decideCountry('JP', 'device_country')).toBe('JP')
  expect(codeOf(() => decideCountry('XX', 'device_country'))).toBe('invalid_request')
})
