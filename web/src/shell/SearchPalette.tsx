import { Modal, TextInput } from '@mantine/core'
import { useDebouncedValue, useDisclosure, useHotkeys } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { type KeyboardEvent, useId, useState } from 'react'
import classes from './SearchPalette.module.css'
import { type Destination, useDestinations } from './use-destinations.tsx'

const searchPauseMs = 150
const isApple = /Mac|iPhone|iPad/.test(navigator.platform)

/** The field in the top bar, and the palette that it and Ctrl or Cmd K open: tenants by name, and pages. */
export function SearchPalette() {
  const [isOpen, palette] = useDisclosure(false)
  // No tags are left out: the palette opens from within a field, too.
  useHotkeys([['mod+K', palette.open]], [])
  return (
    <>
      <button type="button" className={classes.field} onClick={palette.open}>
        <IconSearch aria-hidden size={15} stroke={1.8} />
        <span className={classes.placeholder}>Search or jump to...</span>
        <kbd aria-hidden className={classes.keys}>
          {isApple ? '⌘ K' : 'Ctrl K'}
        </kbd>
      </button>
      <Modal
        opened={isOpen}
        onClose={palette.close}
        withCloseButton={false}
        centered={false}
        padding={0}
        size={560}
        yOffset="10vh"
        attributes={{ content: { 'aria-label': 'Search or jump to' } }}
      >
        <Palette onDone={palette.close} />
      </Modal>
    </>
  )
}

function Palette({ onDone }: { onDone: () => void }) {
  const [text, setText] = useState('')
  const [debounced] = useDebouncedValue(text.trim(), searchPauseMs)
  const { destinations, isSearching } = useDestinations(debounced)
  const [active, setActive] = useState(0)
  const listId = useId()
  const index = Math.min(active, destinations.length - 1)
  const go = (destination: Destination | undefined) => {
    if (!destination) return
    destination.go()
    onDone()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) setActive((index + step + destinations.length) % Math.max(destinations.length, 1))
    else if (event.key === 'Enter') go(destinations[index])
    else return
    event.preventDefault()
  }
  return (
    <div className={classes.palette}>
      <TextInput
        data-autofocus
        size="md"
        variant="unstyled"
        className={classes.input}
        leftSection={<IconSearch aria-hidden size={17} />}
        placeholder="A tenant or a page"
        role="combobox"
        aria-label="A tenant or a page"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={destinations[index] ? `${listId}-${index}` : undefined}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value)
          setActive(0)
        }}
        onKeyDown={onKeyDown}
      />
      <div id={listId} role="listbox" aria-label="Destinations" className={classes.list}>
        {destinations.map((destination, at) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys
          // biome-ignore lint/a11y/useFocusableInteractive: the field points at it with aria-activedescendant
          <div
            key={destination.key}
            id={`${listId}-${at}`}
            role="option"
            aria-selected={at === index}
            className={classes.option}
            ref={(element) => {
              if (at === index) element?.scrollIntoView({ block: 'nearest' })
            }}
            onClick={() => go(destination)}
          >
            {destination.icon}
            <span className={classes.name}>{destination.name}</span>
            <span className={classes.note}>{destination.note}</span>
          </div>
        ))}
      </div>
      <p className={classes.message} aria-live="polite">
        {isSearching ? 'Searching...' : destinations.length === 0 ? `Nothing is called "${debounced}".` : ''}
      </p>
    </div>
  )
}
