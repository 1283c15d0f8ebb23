import { Button, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { findProblem } from '../../api/problem.ts'
import { useAnswerChallenge } from '../../api/session.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Panel } from '../../ui/Panel.tsx'
import classes from './EntryFrame.module.css'
import { EntryFrame } from './EntryFrame.tsx'

/** What a right password answers where a code is still needed, or null. */
export function challengeOf(error: unknown): string | null {
  const problem = findProblem(error)
  if (problem?.code !== 'second_factor_required') return null
  const { challenge } = problem.params
  return typeof challenge === 'string' ? challenge : null
}

type Props = { challenge: string; onSignedIn: () => void; onBack?: () => void }

export function CodeStep({ challenge, onSignedIn, onBack }: Props) {
  const answer = useAnswerChallenge()
  const form = useForm({ initialValues: { code: '' } })
  const submit = form.onSubmit(({ code }) =>
    answer.mutate({ challenge, code: code.trim() }, { onSuccess: onSignedIn, onError: () => form.reset() }),
  )
  return (
    <EntryFrame title="Enter your code" note="The one that your authenticator shows now, or a recovery code.">
      <Panel>
        <form className={classes.form} onSubmit={submit}>
          {answer.error && <ErrorPanel error={answer.error} />}
          <TextInput
            label="Code"
            autoComplete="one-time-code"
            autoFocus
            required
            withAsterisk={false}
            {...form.getInputProps('code')}
          />
          <Button type="submit" loading={answer.isPending}>
            Sign in
          </Button>
          {onBack && (
            <Button variant="subtle" onClick={onBack}>
              Back
            </Button>
          )}
        </form>
      </Panel>
    </EntryFrame>
  )
}
