import { Button } from '@mantine/core'
import { useEndOwnSession, useOwnSessions } from '../../api/account.ts'
import type { Session } from '../../api/types.ts'
import { formatMoment } from '../../format/date.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Queried } from '../../ui/Queried.tsx'
import { SimpleTable } from '../../ui/SimpleTable.tsx'
import { describeAgent } from './describe-agent.ts'
import { signInMethods } from './sign-in-methods.ts'

/** Where one is signed in. The session of this page ends by signing out. */
export function SessionsPanel() {
  const sessions = useOwnSessions()
  const end = useEndOwnSession()
  const columns = [
    { key: 'agent', name: 'Program', cell: (session: Session) => describeAgent(session.user_agent) },
    { key: 'method', name: 'Signed in by', cell: (session: Session) => signInMethods[session.method] },
    { key: 'address', name: 'Address', cell: (session: Session) => session.address },
    { key: 'since', name: 'Since', cell: (session: Session) => formatMoment(session.created_at) },
    {
      key: 'end',
      name: '',
      cell: (session: Session) =>
        session.current ? (
          'This session'
        ) : (
          <Button size="compact-xs" variant="default" loading={end.isPending} onClick={() => end.mutate(session.id)}>
            End
          </Button>
        ),
    },
  ]
  return (
    <Panel title="Sessions" note="Each ends by itself after 12 hours">
      {end.error && <ErrorPanel error={end.error} />}
      <Queried query={sessions}>
        {(rows) => <SimpleTable label="Sessions" columns={columns} rows={rows} rowKey={({ id }) => id} />}
      </Queried>
    </Panel>
  )
}
