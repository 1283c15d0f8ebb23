import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useNavigate } from '@tanstack/react-router'
import { useMe, useSignOut } from '../../api/session.ts'
import { Panel } from '../../ui/Panel.tsx'
import { EntryFrame } from '../sign-in/EntryFrame.tsx'
import { AddPasskey } from './AddPasskey.tsx'
import { SetUpSecondFactor } from './SetUpSecondFactor.tsx'

/** All that whoever has to set up a second factor first gets to see. */
export function SecondFactorPage() {
  const { tenant, user, sign_in } = useMe()
  const navigate = useNavigate()
  const [hasBegun, { open: begin }] = useDisclosure(false)
  const enter = () => void navigate({ to: '/', replace: true })
  const signOut = useSignOut(() => navigate({ to: '/sign-in' }))
  return (
    <EntryFrame
      title="Set up a second factor"
      note={
        sign_in.single_sign_on_required
          ? `${tenant.name} asks everyone to sign in with single sign-on. A superuser may pass it by, with a second factor. You are ${user.email}.`
          : `${tenant.name} asks everyone for one beside the password. You are ${user.email}.`
      }
    >
      <Panel title="An authenticator">
        <SetUpSecondFactor onBegun={begin} onDone={enter} />
      </Panel>
      {!hasBegun && (
        <Panel title="Or a passkey" note="Instead of password and code">
          <AddPasskey size="sm" onAdded={enter} />
        </Panel>
      )}
      <Button variant="subtle" onClick={() => signOut.mutate()}>
        Sign out
      </Button>
    </EntryFrame>
  )
}
