import { Button, PasswordInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useNavigate } from '@tanstack/react-router'
import { useChangePassword, useMe } from '../../api/session.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Panel } from '../../ui/Panel.tsx'
import classes from './EntryFrame.module.css'
import { EntryFrame } from './EntryFrame.tsx'

/** A second factor makes up for seven letters. */
const minLengthOf = (hasSecondFactor: boolean) => (hasSecondFactor ? 8 : 15)
const toggle = { 'aria-label': 'Show or hide the password' }

export function SetPasswordPage() {
  const { user, second_factor } = useMe()
  const minLength = minLengthOf(second_factor.enabled)
  const navigate = useNavigate()
  const change = useChangePassword()
  const form = useForm({
    initialValues: { current: '', next: '' },
    validate: { next: (value) => ([...value].length < minLength ? `Use ${minLength} characters or more` : null) },
  })
  const leave = () => void navigate({ to: '/', replace: true })
  const save = ({ current, next }: typeof form.values) =>
    change.mutate(
      { current_password: user.has_password ? current : null, new_password: next },
      {
        onSuccess: () => {
          notifications.show({ message: 'Your password is set.' })
          leave()
        },
      },
    )

  return (
    <EntryFrame
      title={user.has_password ? 'Change password' : 'Set a password'}
      note={`For ${user.email}. At least ${minLength} characters; a few unrelated words do well.`}
    >
      <Panel>
        <form className={classes.form} onSubmit={form.onSubmit(save)}>
          {change.error && <ErrorPanel error={change.error} />}
          <input type="text" name="username" autoComplete="username" defaultValue={user.email} hidden readOnly />
          {user.has_password && (
            <PasswordInput
              label="Current password"
              autoComplete="current-password"
              visibilityToggleButtonProps={toggle}
              {...form.getInputProps('current')}
            />
          )}
          <PasswordInput
            label="New password"
            autoComplete="new-password"
            visibilityToggleButtonProps={toggle}
            {...form.getInputProps('next')}
          />
          <Button type="submit" loading={change.isPending}>
            {user.has_password ? 'Change password' : 'Set password'}
          </Button>
          <Button variant="subtle" onClick={leave}>
            {user.has_password ? 'Cancel' : 'Skip for now'}
          </Button>
        </form>
      </Panel>
    </EntryFrame>
  )
}
