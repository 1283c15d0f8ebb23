import { Button, Divider, PasswordInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconBuilding, IconFingerprint } from '@tabler/icons-react'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useInstance, useSignIn } from '../../api/session.ts'
import { useSignInWithPasskey, useStartSingleSignOn } from '../../api/sign-in.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { isOwnPath, keepDestination } from './after-sign-in.ts'
import { CodeStep, challengeOf } from './CodeStep.tsx'
import { DemoAccounts } from './DemoAccounts.tsx'
import classes from './EntryFrame.module.css'
import { EntryFrame } from './EntryFrame.tsx'

/** The three ways in; of each attempt only the last one's refusal is shown. */
function useWaysIn(from: string | undefined) {
  const navigate = useNavigate()
  const destination = from && isOwnPath(from) ? from : '/'
  const enter = () => void navigate({ href: destination })
  const password = useSignIn()
  const passkey = useSignInWithPasskey()
  const singleSignOn = useStartSingleSignOn()
  const ways = [password, passkey, singleSignOn]
  const reset = () => {
    for (const way of ways) way.reset()
  }
  return {
    enter,
    reset,
    error: ways.find((way) => way.error)?.error,
    challenge: challengeOf(password.error),
    // The browser is on its way to the provider once the address is known.
    isLeaving: singleSignOn.isPending || singleSignOn.isSuccess,
    isPassword: password.isPending,
    isPasskey: passkey.isPending,
    withPassword(input: { email: string; password: string }) {
      reset()
      password.mutate(input, { onSuccess: enter })
    },
    withPasskey() {
      reset()
      passkey.mutate(undefined, { onSuccess: enter })
    },
    withSingleSignOn(email: string) {
      reset()
      keepDestination(destination)
      singleSignOn.mutate(email)
    },
  }
}

export function SignInPage() {
  const { from } = useSearch({ from: '/sign-in' })
  const instance = useInstance()
  const ways = useWaysIn(from)
  const form = useForm({ initialValues: { email: '', password: '' } })
  const startSingleSignOn = () => {
    const email = form.getValues().email.trim()
    if (email) ways.withSingleSignOn(email)
    else form.setFieldError('email', 'Enter your address first: it tells who signs you in')
  }

  if (ways.challenge) return <CodeStep challenge={ways.challenge} onSignedIn={ways.enter} onBack={ways.reset} />
  return (
    <EntryFrame title="Sign in" note={instance.name}>
      <Panel>
        <form className={classes.form} onSubmit={form.onSubmit(ways.withPassword)}>
          {Boolean(ways.error) && <ErrorPanel error={ways.error} />}
          <TextInput
            label="E-mail"
            type="email"
            autoComplete="username webauthn"
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
          <Button type="submit" loading={ways.isPassword}>
            Sign in
          </Button>
          <Link className={classes.aside} to="/forgot-password">
            Forgot your password?
          </Link>
        </form>
        <Divider my={14} label="or" />
        <div className={classes.form}>
          <Button
            variant="default"
            leftSection={<IconBuilding aria-hidden size={16} stroke={1.6} />}
            loading={ways.isLeaving}
            onClick={startSingleSignOn}
          >
            Continue with single sign-on
          </Button>
          <Button
            variant="default"
            leftSection={<IconFingerprint aria-hidden size={16} stroke={1.6} />}
            loading={ways.isPasskey}
            onClick={ways.withPasskey}
          >
            Sign in with a passkey
          </Button>
        </div>
      </Panel>
      {instance.mode === 'demo' && <DemoAccounts isBusy={ways.isPassword} onPick={ways.withPassword} />}
    </EntryFrame>
  )
}
