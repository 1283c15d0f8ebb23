import { Button } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useMe, useSignOut } from '../../api/session.ts'
import { Panel } from '../../ui/Panel.tsx'
import { EntryFrame } from '../sign-in/EntryFrame.tsx'
import { SetUpSecondFactor } from './SetUpSecondFactor.tsx'

/** All that whoever has to set up a second factor first gets to see. */
export function SecondFactorPage() {
  const { tenant, user } = useMe()
  const navigate = useNavigate()
  const signOut = useSignOut(() => navigate({ to: '/sign-in' }))
  return (
    <EntryFrame
      title="Set up a second factor"
      note={`${tenant.name} asks everyone to sign in with a password and a code. You are ${user.email}.`}
    >
      <Panel>
        <SetUpSecondFactor onDone={() => void navigate({ to: '/', replace: true })} />
      </Panel>
      <Button variant="subtle" onClick={() => signOut.mutate()}>
        Sign out
      </Button>
    </EntryFrame>
  )
}
