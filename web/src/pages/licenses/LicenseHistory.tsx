import { Button, Title } from '@mantine/core'
import type { LicenseEvent } from '@tenantree/sdk'
import { useLicenseHistory } from '../../api/licenses.ts'
import { formatMoment } from '../../format/date.ts'
import { toWords } from '../../format/word.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { TextSkeleton } from '../../ui/TextSkeleton.tsx'
import classes from './Licenses.module.css'

/** What happened to the license, the latest first as the server has it. */
export function LicenseHistory({ id }: { id: string }) {
  const events = useLicenseHistory(id)
  return (
    <section aria-label="History">
      <Title order={3} size="h5" mb={10}>
        History
      </Title>
      {Boolean(events.error) && <ErrorPanel error={events.error} onRetry={events.retry} />}
      {events.isPending && <TextSkeleton lines={3} />}
      <ol className={classes.events}>
        {events.rows.map((event) => (
          <li key={event.id} className={classes.event}>
            <p>{describe(event)}</p>
            <small>
              {formatMoment(event.at)}
              {event.actor_name && `, ${event.actor_name}`}
              {!event.actor_name && event.actor_kind === 'system' && ', by itself'}
            </small>
          </li>
        ))}
      </ol>
      {events.hasMore && (
        <Button mt={10} size="xs" variant="default" loading={events.isLoadingMore} onClick={events.loadMore}>
          Show more
        </Button>
      )}
    </section>
  )
}

function describe({ what, holder }: LicenseEvent): string {
  const name = holder && (holder.name ?? 'an erased holder')
  if (what === 'assigned' && name) return `Assigned to ${name}`
  if (what === 'released' && name) return `Released from ${name}`
  return toWords(what)
}
