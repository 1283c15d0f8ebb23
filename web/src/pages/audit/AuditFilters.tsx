import { Button, Group, Select, TextInput } from '@mantine/core'
import { useAuditFilters } from '../../api/audit.ts'
import type { AuditFilters as Known } from '../../api/types.ts'
import { toWords } from '../../format/word.ts'
import type { AuditSearch } from '../../search.ts'
import { describeAction, toActorChoice } from './describe.ts'

type Props = { tenantId: string; search: AuditSearch; change: (next: AuditSearch) => void }

const nothing: Known = { actions: [], object_kinds: [], actors: [] }

/** What is chosen stays in its list, also where the newest changes do not have it. */
const withChosen = (known: readonly string[], chosen: string | undefined): string[] =>
  chosen === undefined || known.includes(chosen) ? [...known] : [...known, chosen]

/** The pickers offer what the newest changes have. */
export function AuditFilters({ tenantId, search, change }: Props) {
  const known = useAuditFilters(tenantId).data ?? nothing
  const actors = known.actors.map(toActorChoice)
  const chosenActor = search.actor_id
  const isActorListed = actors.some(({ value }) => value === chosenActor)
  return (
    <>
      <Select
        aria-label="What was done"
        placeholder="Anything done"
        clearable
        searchable
        w={190}
        data={withChosen(known.actions, search.action).map((value) => ({ value, label: describeAction(value) }))}
        value={search.action ?? null}
        onChange={(value) => change({ action: value ?? undefined })}
      />
      <Select
        aria-label="Who did it"
        placeholder="Anyone"
        clearable
        searchable
        w={160}
        data={chosenActor && !isActorListed ? [...actors, { value: chosenActor, label: 'One actor' }] : actors}
        value={chosenActor ?? null}
        onChange={(value) => change({ actor_id: value ?? undefined })}
      />
      <Select
        aria-label="Kind of thing"
        placeholder="Any thing"
        clearable
        searchable
        w={150}
        data={withChosen(known.object_kinds, search.object_kind).map((value) => ({ value, label: toWords(value) }))}
        value={search.object_kind ?? null}
        onChange={(value) => change({ object_kind: value ?? undefined })}
      />
      <Select
        aria-label="Whose"
        w={205}
        allowDeselect={false}
        data={[
          { value: 'below', label: 'With everything below' },
          { value: 'tenant', label: 'This tenant only' },
        ]}
        value={search.only ?? 'below'}
        onChange={(value) => change({ only: value === 'tenant' ? 'tenant' : undefined })}
      />
      <Group gap={8} wrap="nowrap">
        <TextInput
          type="date"
          aria-label="From"
          w={135}
          value={search.from ?? ''}
          onChange={(event) => change({ from: event.currentTarget.value || undefined })}
        />
        <TextInput
          type="date"
          aria-label="To and with"
          w={135}
          value={search.to ?? ''}
          onChange={(event) => change({ to: event.currentTarget.value || undefined })}
        />
      </Group>
      {search.object_id && (
        <Button variant="default" onClick={() => change({ object_id: undefined })}>
          Show all things
        </Button>
      )}
    </>
  )
}
