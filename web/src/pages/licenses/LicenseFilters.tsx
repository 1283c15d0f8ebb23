import { Button, SegmentedControl, Select, Tooltip } from '@mantine/core'
import type { LicenseSearch } from '../../search.ts'
import listClasses from '../../ui/ListCount.module.css'
import { SearchField } from '../../ui/SearchField.tsx'

const kinds = [
  { value: 'all', label: 'All' },
  { value: 'commercial', label: 'Commercial' },
  { value: 'trial', label: 'Trial' },
]
const validities = [
  { value: 'valid', label: 'Valid' },
  { value: 'expired', label: 'Expired' },
] as const
const uses = [
  { value: 'used', label: 'Used' },
  { value: 'unused', label: 'Unused' },
] as const
const renewals = [
  { value: 'true', label: 'Auto-renew only' },
  { value: 'false', label: 'No auto-renew' },
] as const

type Choice<Value extends string> = { value: Value; label: string }
const pick = <Value extends string>(choices: readonly Choice<Value>[], value: string | null): Value | undefined =>
  choices.find((choice) => choice.value === value)?.value

type Props = { search: LicenseSearch; onChange: (next: LicenseSearch) => void; count: string }

/** Every filter goes with every other, but for used and unused: trials have neither, so there it is disabled. R-LIC-6. */
export function LicenseFilters({ search, onChange, count }: Props) {
  const { sort: _sort, ...filters } = search
  const isFiltered = Object.values(filters).some((value) => value !== undefined)
  const isTrial = search.kind === 'trial'
  const setKind = (value: string) => {
    const kind = value === 'commercial' || value === 'trial' ? value : undefined
    onChange({ kind, ...(kind === 'trial' && { use: undefined }) })
  }
  return (
    <>
      <SearchField
        key={isFiltered ? 'filtered' : 'all'}
        label="Holder or company"
        value={search.q ?? ''}
        onSearch={(text) => onChange({ q: text || undefined })}
        width={176}
      />
      <SegmentedControl aria-label="Kind" size="xs" data={kinds} value={search.kind ?? 'all'} onChange={setKind} />
      <Select
        aria-label="Validity"
        placeholder="Any validity"
        clearable
        w={122}
        data={validities}
        value={search.validity ?? null}
        onChange={(value) => onChange({ validity: pick(validities, value) })}
      />
      <Tooltip label="Trials are neither used nor unused" disabled={!isTrial}>
        <Select
          aria-label="Use"
          placeholder="Any use"
          clearable
          disabled={isTrial}
          w={100}
          data={uses}
          value={search.use ?? null}
          onChange={(value) => onChange({ use: pick(uses, value) })}
        />
      </Tooltip>
      <Select
        aria-label="Auto-renew"
        placeholder="Any renewal"
        clearable
        w={126}
        data={renewals}
        value={search.auto_renew ?? null}
        onChange={(value) => onChange({ auto_renew: pick(renewals, value) })}
      />
      {isFiltered && (
        <Button
          variant="subtle"
          size="compact-sm"
          onClick={() =>
            onChange({ q: undefined, kind: undefined, validity: undefined, use: undefined, auto_renew: undefined })
          }
        >
          Clear
        </Button>
      )}
      <span className={listClasses.count} role="status">
        {count}
      </span>
    </>
  )
}
