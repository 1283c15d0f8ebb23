import { fieldProblem } from '../kernel/problem.ts'
import { isCountry } from './countries.ts'

export type StorageLocation = { code: string; name: string; country: string; withdrawn: boolean }

/** Throws invalid_request for a code that is no country. R-PLACE-2. */
export function decideCountry(code: string, field: string): string {
  if (!isCountry(code)) throw fieldProblem('invalid_request', field, 'is not a country of ISO 3166-1')
  return code
}

/**
 * Decides where the data of a new tenant are kept. R-PLACE-2: a country that hosts storage sets it; elsewhere it is chosen.
 * Throws location_fixed_by_country, location_required, location_unknown.
 */
export function decideLocation(
  country: string,
  sent: string | undefined,
  locations: readonly StorageLocation[],
): string {
  const offered = locations.filter((location) => !location.withdrawn)
  const hosted = offered.find((location) => location.country === country)
  if (hosted !== undefined) {
    if (sent !== undefined && sent !== hosted.code) throw fieldProblem('location_fixed_by_country', 'storage_location')
    return hosted.code
  }
  if (sent === undefined) throw fieldProblem('location_required', 'storage_location')
  if (!offered.some((location) => location.code === sent)) throw fieldProblem('location_unknown', 'storage_location')
  return sent
}
