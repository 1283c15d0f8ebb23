import { Button } from '@mantine/core'
import { useSearch } from '@tanstack/react-router'
import { useUnsubscribe } from '../../api/trials.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { EntryFrame } from '../sign-in/EntryFrame.tsx'

/** Where the link of a mail leads. Programs that look at links before people do must not turn anything off: a button does. */
export function UnsubscribePage() {
  const { token } = useSearch({ from: '/unsubscribe' })
  const unsubscribe = useUnsubscribe()
  if (unsubscribe.data)
    return (
      <EntryFrame title="No more mails about trials">
        <p>
          {unsubscribe.data.tenant_name} gets no mails before its trials end any more. The console turns them on again.
        </p>
      </EntryFrame>
    )
  return (
    <EntryFrame title="Mails about trials" note="They come 7 days and 1 day before a trial ends.">
      {unsubscribe.error && <ErrorPanel error={unsubscribe.error} />}
      {token ? (
        <Button fullWidth loading={unsubscribe.isPending} onClick={() => unsubscribe.mutate(token)}>
          Send no more of them
        </Button>
      ) : (
        <p>This link is not complete. Copy it again, to its end.</p>
      )}
    </EntryFrame>
  )
}
