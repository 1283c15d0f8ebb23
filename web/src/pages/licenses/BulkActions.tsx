import { Button, Group, Modal, Stack } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { ActOnLicenses } from '@tenantree/sdk'
import { useState } from 'react'
import { type LicenseFilter, useActOnLicenses } from '../../api/licenses.ts'
import { useMay } from '../../api/may.ts'
import { formatCount, formatNumberOf } from '../../format/money.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import classes from './Licenses.module.css'
import { countOf, maxNamed, type Selection } from './license-rows.ts'

type Act = Pick<ActOnLicenses, 'action' | 'auto_renew'>
type Props = { selection: Selection; filter: LicenseFilter; onDone: () => void }

const questions: Record<ActOnLicenses['action'], (count: string) => string> = {
  release: (count) => `Release ${count}? Each goes back to the pool it came from, and its holder takes none by itself.`,
  set_auto_renew: (count) => `Change the renewal of ${count}?`,
  remove_expired: (count) => `Remove the expired among ${count} from the grid? Their history stays.`,
}

/** What is done to all that is ticked, in one act: all or nothing. R-LIC-6. */
export function BulkActions({ selection, filter, onDone }: Props) {
  const mayManage = useMay('licenses.manage')
  const act = useActOnLicenses()
  const [asked, setAsked] = useState<Act | null>(null)
  const count = countOf(selection)
  if (count === 0) return null
  const tooMany = selection.all === null && count > maxNamed
  const ask = (next: Act) => {
    act.reset()
    setAsked(next)
  }
  const submit = (next: Act) =>
    act.mutate(
      { ...next, ...whichOf(selection, filter) },
      {
        onSuccess: ({ changed }) => {
          notifications.show({ message: `${formatNumberOf(changed, 'license')} changed` })
          setAsked(null)
          onDone()
        },
      },
    )
  const name = formatNumberOf(count, 'license')
  return (
    <section className={classes.actions} aria-label="What to do with the selected licenses">
      <span className={classes.selected} role="status">
        {name} selected{tooMany && `, ${formatCount(maxNamed)} at most can be named: select a whole type instead`}
      </span>
      <Button size="xs" variant="default" disabled={tooMany} onClick={() => ask({ action: 'release' })}>
        Release
      </Button>
      {mayManage && (
        <>
          <Button
            size="xs"
            variant="default"
            disabled={tooMany}
            onClick={() => ask({ action: 'set_auto_renew', auto_renew: true })}
          >
            Auto-renew on
          </Button>
          <Button
            size="xs"
            variant="default"
            disabled={tooMany}
            onClick={() => ask({ action: 'set_auto_renew', auto_renew: false })}
          >
            Auto-renew off
          </Button>
          <Button size="xs" variant="default" disabled={tooMany} onClick={() => ask({ action: 'remove_expired' })}>
            Remove expired
          </Button>
        </>
      )}
      <Button size="xs" variant="subtle" onClick={onDone}>
        Clear selection
      </Button>
      <Modal
        opened={asked !== null}
        onClose={() => setAsked(null)}
        title="Group action"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {asked && (
          <Stack gap={12}>
            {act.error && <ErrorPanel error={act.error} />}
            <p style={{ margin: 0 }}>{questions[asked.action](name)}</p>
            <Group gap={8} justify="flex-end">
              <Button variant="default" onClick={() => setAsked(null)}>
                Cancel
              </Button>
              <Button loading={act.isPending} onClick={() => submit(asked)}>
                {actionNames[asked.action]}
              </Button>
            </Group>
          </Stack>
        )}
      </Modal>
    </section>
  )
}

const actionNames: Record<ActOnLicenses['action'], string> = {
  release: 'Release',
  set_auto_renew: 'Change',
  remove_expired: 'Remove',
}

/** Few are named; a whole type, loaded or not, is what the filter lets through. */
const whichOf = ({ ids, all }: Selection, filter: LicenseFilter): Pick<ActOnLicenses, 'ids' | 'filter'> =>
  all === null ? { ids: [...ids] } : { filter: { ...filter, ...(all.offerId !== null && { offer_id: all.offerId }) } }
