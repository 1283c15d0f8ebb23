import { Button, PasswordInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { fieldErrorsOf, findProblem } from '../../api/problem.ts'
import { useResetPassword } from '../../api/sign-in.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Panel } from '../../ui/Panel.tsx'
import classes from './EntryFrame.module.css'
import { EntryFrame } from './EntryFrame.tsx'

/** Sets a new password with the link of a mail, and goes on to sign in with it: a second factor is asked for there. */
export function ResetPasswordPage() {
  const { token } = useSearch({ from: '/reset-password' })
  const navigate = useNavigate()
  const reset = useResetPassword()
  const form = useForm({ initialValues: { next: '' } })
  const save = form.onSubmit(({ next }) =>
    reset.mutate(
      { token: token ?? '', new_password: next },
      {
        onSuccess: () => {
          notifications.show({ message: 'Your new password is set. Sign in with it.' })
          void navigate({ to: '/sign-in', replace: true })
        },
        onError: (error) => {
          const problem = findProblem(error)
          if (problem) form.setErrors({ next: fieldErrorsOf(problem).new_password })
        },
      },
    ),
  )
  return (
    <EntryFrame
      title="Set a new password"
      note="At least 15 characters, 8 with a second factor; a few unrelated words do well. You are signed out everywhere."
    >
      <Panel>
        <form className={classes.form} onSubmit={save}>
          {reset.error && <ErrorPanel error={reset.error} />}
          {!token && <p style={{ margin: 0 }}>This link is not complete. Copy it again, to its end.</p>}
          <PasswordInput
            label="New password"
            autoComplete="new-password"
            autoFocus
            required
            withAsterisk={false}
            visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password' }}
            {...form.getInputProps('next')}
          />
          <Button type="submit" loading={reset.isPending} disabled={!token}>
            Set password
          </Button>
          <Link className={classes.aside} to="/forgot-password">
            Ask for another link
          </Link>
        </form>
      </Panel>
    </EntryFrame>
  )
}
