import { Button, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { Link } from '@tanstack/react-router'
import { useRequestPasswordReset } from '../../api/sign-in.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Panel } from '../../ui/Panel.tsx'
import classes from './EntryFrame.module.css'
import { EntryFrame } from './EntryFrame.tsx'

/** Says the same whether or not there is such a user: nobody learns here who has access. */
export function ForgotPasswordPage() {
  const request = useRequestPasswordReset()
  const form = useForm({ initialValues: { email: '' } })
  const back = (
    <Link className={classes.aside} to="/sign-in">
      Back to sign-in
    </Link>
  )
  if (request.isSuccess) {
    return (
      <EntryFrame title="Look into your mail">
        <Panel>
          <div className={classes.form}>
            <p style={{ margin: 0 }}>
              If <strong>{request.variables}</strong> has access here, a mail with a link to set a new password is on
              its way. The link works once, within an hour.
            </p>
            {back}
          </div>
        </Panel>
      </EntryFrame>
    )
  }
  return (
    <EntryFrame title="Forgot your password?" note="We mail you a link to set a new one.">
      <Panel>
        <form className={classes.form} onSubmit={form.onSubmit(({ email }) => request.mutate(email.trim()))}>
          {request.error && <ErrorPanel error={request.error} />}
          <TextInput
            label="E-mail"
            type="email"
            autoComplete="username"
            autoFocus
            required
            withAsterisk={false}
            {...form.getInputProps('email')}
          />
          <Button type="submit" loading={request.isPending}>
            Mail me a link
          </Button>
          {back}
        </form>
      </Panel>
    </EntryFrame>
  )
}
