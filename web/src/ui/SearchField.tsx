import { CloseButton, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'

const searchPauseMs = 250

type Props = { label: string; value: string; onSearch: (text: string) => void; width?: number }

/** Searches while one types, after a short pause. The width leaves room for the whole placeholder. */
export function SearchField({ label, value, onSearch, width = 240 }: Props) {
  const [text, setText] = useState(value)
  const search = useDebouncedCallback((next: string) => onSearch(next.trim()), searchPauseMs)
  const change = (next: string) => {
    setText(next)
    search(next)
  }
  return (
    <TextInput
      aria-label={label}
      placeholder={label}
      w={width}
      leftSection={<IconSearch aria-hidden size={15} />}
      rightSection={text && <CloseButton size="sm" aria-label="Clear the search" onClick={() => change('')} />}
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
    />
  )
}
