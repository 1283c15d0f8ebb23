import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useInstance, useSignIn } from '../../api/session.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { CodeStep, challengeOf } from './CodeStep.tsx'
import { DemoAccounts } from './DemoAccounts.tsx'
import classes from './EntryFrame.module.css'
import { EntryFrame } from './EntryFrame.tsx'

/** Only a path of our own may follow a sign-in: "//elsewhere" is another site. */
const isOwnPath = (path: string) => /^\/(?![/\\])/.test(path)

export function SignInPage() {
  const { from } = useSearch({ from: '/sign-in' })
  const instance = useInstance()
  const navigate = useNavigate()
  const signIn = useSignIn()
  const form = useForm({ initialValues: { email: '', password: '' } })
  const enter = () => void navigate({ href: from && isOwnPath(from) ? from : '/' })
  const start = (input: { email: string; password: string }) => signIn.mutate(input, { onSuccess: enter })

  const challenge = challengeOf(signIn.error)
  if (challenge) return <CodeStep challenge={challenge} onSignedIn={enter} onBack={signIn.reset} />

  return (
    <EntryFrame title="Sign in" note={instance.name}>
      <Panel>
        <form className={classes.form} onSubmit={form.onSubmit(start)}>
          {signIn.error && <ErrorPanel error={signIn.error} />}
          <TextInput
            label="E-mail"
            type="email"
            autoComplete="username"
            required
            withAsterisk={false}
            {...form.getInputProps('email')}
          />
          <PasswordInput
            label="Password"
            autoComplete="current-password"
            required
            withAsterisk={false}
            visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password' }}
            {...form.getInputProps('password')}
          />
          <Button type="submit" loading={signIn.isPending}>
            Sign in
          </Button>
        </form>
      </Panel>
      {instance.mode === 'demo' && <DemoAccounts isBusy={signIn.isPending} onPick={start} />}
    </EntryFrame>
  )
}
