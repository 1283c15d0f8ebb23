import type { AuditEvent, AuditFilters } from '../../api/types.ts'
import { toWords } from '../../format/word.ts'

export type Change = { field: string; before: string | null; after: string | null; isErased: boolean }

const toText = (value: unknown): string | null => {
  if (value === null || value === undefined) return null
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** What differs between before and after, field by field; of a thing that was made or deleted every field. */
export function toChanges({ before, after, erased }: AuditEvent): Change[] {
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
  return fields
    .map((field) => ({
      field,
      before: toText(before?.[field]),
      after: toText(after?.[field]),
      isErased: erased.includes(`/before/${field}`) || erased.includes(`/after/${field}`),
    }))
    .filter((change) => change.isErased || change.before !== change.after)
}

const words = (code: string) => code.replaceAll('_', ' ').replace(/^os\b/, 'operating system')

/** "Host name", "Operating system" */
export const nameField = (field: string): string => toWords(words(field))

/** `tenant.name_changed` becomes "Tenant name changed". */
export const describeAction = (action: string): string => {
  const text = words(action.replace('.', ' '))
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** "name, storage location": which fields changed. */
export const summarize = (event: AuditEvent): string =>
  toChanges(event)
    .map((change) => words(change.field))
    .join(', ')

const kinds: Record<string, string> = {
  user: 'Someone above, or removed since',
  system: 'System',
  device: 'A device',
  key: 'An API key',
}

/** Who was removed is told apart by the end of the id. */
export const toActorChoice = ({ kind, id, name }: AuditFilters['actors'][number]) => ({
  value: id,
  label: kind === 'key' ? `${name ?? 'An API key'} (API key)` : (name ?? `Removed user ${id.slice(-6)}`),
})

/** Whoever acted from above has no name here. */
export const nameActor = ({ actor }: AuditEvent): string => actor.name ?? kinds[actor.kind] ?? actor.kind
