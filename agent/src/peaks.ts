import { readFile } from 'node:fs/promises'
import { AgentError, systemCodeOf, toLine } from './errors.ts'
import { toFields } from './wire.ts'

/** What peak offers are measured by: sizes in bytes, users as they are counted. Whole numbers. */
export type Peaks = { selected_size?: number; used_storage?: number; protected_users?: number }

const mostUsers = 1_000_000_000
const names = ['selected_size', 'used_storage', 'protected_users'] as const

/** One by one the higher value: what is told is the highest since the last signal that was answered. */
export function highestOf(one: Peaks, other: Peaks): Peaks {
  const highest: Peaks = {}
  for (const name of names) {
    const value = Math.max(one[name] ?? -1, other[name] ?? -1)
    if (value >= 0) highest[name] = value
  }
  return highest
}

/** A file of JSON such as { "used_storage": 1500000000 }, written by whatever measures. Throws peaks_unreadable. */
export async function readPeaksFile(file: string): Promise<Peaks> {
  const fields = toFields(await readText(file))
  if (fields === null) throw unreadable(file, 'it is no JSON object')
  const peaks: Peaks = {}
  for (const [name, value] of Object.entries(fields)) {
    const known = names.find((metric) => metric === name)
    if (known === undefined) throw unreadable(file, `"${toLine(name, 50)}" is none of ${names.join(', ')}`)
    const most = known === 'protected_users' ? mostUsers : Number.MAX_SAFE_INTEGER
    if (!Number.isSafeInteger(value) || Number(value) < 0 || Number(value) > most)
      throw unreadable(file, `${name} is no whole number from 0 to ${most}`)
    peaks[known] = Number(value)
  }
  return peaks
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw unreadable(file, `it cannot be read (${systemCodeOf(error) ?? 'unknown'})`)
  }
}

const unreadable = (file: string, why: string) =>
  new AgentError('peaks_unreadable', `No values are taken from ${file}: ${why}.`)
