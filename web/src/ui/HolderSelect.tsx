import { Select, type SelectProps } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { type HolderKind, useFoundHolders } from '../api/find-holders.ts'

const searchPauseMs = 200

type Props = Omit<SelectProps, 'data' | 'filter' | 'onChange'> & {
  kind: HolderKind
  /** Found at this tenant or below it. */
  tenantId: string
  /** The name comes along, for telling what was done. */
  onChange?: (id: string | null, name?: string) => void
}

/** Chooses a holder, or a company, by a part of its name: the server searches. */
export function HolderSelect({ kind, tenantId, onChange, error, ...props }: Props) {
  const [text, setText] = useState('')
  const [debounced] = useDebouncedValue(text.trim(), searchPauseMs)
  const found = useFoundHolders({ kind, tenantId, q: debounced })
  return (
    <Select
      {...props}
      placeholder="Type a part of the name"
      searchable
      data={found.holders}
      // What the server found is shown as it is.
      filter={({ options }) => options}
      searchValue={text}
      onSearchChange={setText}
      onChange={(id, option) => onChange?.(id, option?.label)}
      error={error ?? (found.error ? 'The search failed: try again' : null)}
      nothingFoundMessage={found.isPending ? 'Searching' : 'None found here'}
    />
  )
}
