import { Button } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { ConnectionError } from '@tenantree/sdk'
import { adviceFor } from '../api/advice.ts'
import { findProblem } from '../api/problem.ts'
import classes from './ErrorPanel.module.css'

const offline = { title: 'The server cannot be reached', advice: 'Check your connection, then try again.' }
const bug = {
  title: 'The console made a mistake',
  advice: 'Load the page again. If it stays, tell support what you did.',
}

/** What a browser says when it asks for a passkey: most often that the user has closed its question. */
const passkeyFailures: Record<string, { title: string; advice: string }> = {
  NotAllowedError: {
    title: 'No passkey was used',
    advice: 'The question was closed or took too long, or this device has no passkey for this console.',
  },
  AbortError: { title: 'No passkey was used', advice: 'Try again.' },
  InvalidStateError: { title: 'This device has a passkey here already', advice: 'Use it, or take another device.' },
  NotSupportedError: { title: 'This device cannot make a passkey', advice: 'Take another device or a security key.' },
  SecurityError: { title: 'Passkeys do not work at this address', advice: 'Open the console by its own name.' },
}

function findPasskeyFailure(error: unknown) {
  if (!(error instanceof Error)) return undefined
  if (error.cause === 'passkeys') return { title: 'Passkeys do not work here', advice: error.message }
  return passkeyFailures[error.name]
}

function describe(error: unknown) {
  const problem = findProblem(error)
  if (problem) {
    return { title: problem.title, advice: adviceFor(problem) ?? problem.detail, requestId: problem.requestId }
  }
  return { ...(error instanceof ConnectionError ? offline : (findPasskeyFailure(error) ?? bug)), requestId: null }
}

/** Says what is wrong, what to do, and the request id that support will ask for. */
export function ErrorPanel({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { title, advice, requestId } = describe(error)
  return (
    <div role="alert" className={classes.error}>
      <IconAlertTriangle aria-hidden size={18} stroke={1.6} />
      <div className={classes.text}>
        <strong>{title}</strong>
        {advice && <p>{advice}</p>}
        {requestId && (
          <p className={classes.id}>
            Request id <code>{requestId}</code>
          </p>
        )}
        {onRetry && (
          <Button mt={8} size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        )}
      </div>
    </div>
  )
}
