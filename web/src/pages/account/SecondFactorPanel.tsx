import { Button, Group, PasswordInput, Stack } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { useRemoveSecondFactor, useRenewRecoveryCodes, useSecondFactor } from '../../api/account.ts'
import type { SecondFactor } from '../../api/types.ts'
import { formatMoment } from '../../format/date.ts'
import { Facts } from '../../ui/Facts.tsx'
import { FormDialog } from '../../ui/FormDialog.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Queried } from '../../ui/Queried.tsx'
import { State } from '../../ui/State.tsx'
import { RecoveryCodes } from './RecoveryCodes.tsx'
import { SetUpSecondFactor } from './SetUpSecondFactor.tsx'

export function SecondFactorPanel() {
  const factor = useSecondFactor()
  return (
    <Panel title="Second factor">
      <Queried query={factor}>
        {(answer) => (answer.enabled ? <Enabled factor={answer} /> : <SetUpSecondFactor onDone={() => undefined} />)}
      </Queried>
    </Panel>
  )
}

function Enabled({ factor }: { factor: SecondFactor }) {
  const renew = useRenewRecoveryCodes()
  const remove = useRemoveSecondFactor()
  if (renew.data) return <RecoveryCodes codes={renew.data.recovery_codes} onDone={renew.reset} />
  return (
    <Stack gap={12}>
      <Facts
        facts={[
          ['Authenticator', <State key="state" state="active" />],
          ['Since', factor.enabled_at && formatMoment(factor.enabled_at)],
          ['Recovery codes left', factor.recovery_codes_left],
          ['Asked for by your organization', factor.required ? 'Yes' : 'No'],
        ]}
      />
      <Group gap={8}>
        <WithPassword title="New recovery codes" action="Make new codes" command={renew}>
          The former codes will not work any more.
        </WithPassword>
        <WithPassword
          title="Remove the second factor"
          action="Remove"
          command={remove}
          onDone={() => notifications.show({ message: 'The second factor is removed.' })}
        >
          You will sign in with your password alone, which needs 15 characters then.
        </WithPassword>
      </Group>
    </Stack>
  )
}

type Command = {
  mutate: (password: string, options: { onSuccess: () => void }) => void
  reset: () => void
  isPending: boolean
  error: unknown
}
type Props = { title: string; action: string; command: Command; onDone?: () => void; children: string }

function WithPassword({ title, action, command, onDone, children }: Props) {
  const [isOpen, dialog] = useDisclosure(false)
  const [password, setPassword] = useState('')
  const open = () => {
    setPassword('')
    command.reset()
    dialog.open()
  }
  const onSuccess = () => {
    dialog.close()
    onDone?.()
  }
  return (
    <>
      <Button variant="default" size="xs" onClick={open}>
        {title}
      </Button>
      <FormDialog
        title={title}
        action={action}
        isOpen={isOpen}
        onClose={dialog.close}
        onSubmit={(event) => {
          event.preventDefault()
          command.mutate(password, { onSuccess })
        }}
        isSaving={command.isPending}
        error={command.error}
      >
        <p style={{ margin: 0 }}>{children}</p>
        <PasswordInput
          label="Your password"
          autoComplete="current-password"
          data-autofocus
          visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password' }}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
      </FormDialog>
    </>
  )
}
