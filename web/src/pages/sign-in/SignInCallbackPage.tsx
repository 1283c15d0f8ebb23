import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useFinishSingleSignOn } from '../../api/sign-in.ts'
import { openedWith } from '../../opened-with.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { takeDestination } from './after-sign-in.ts'
import { EntryFrame } from './EntryFrame.tsx'

/** Where the identity provider sends the browser. What it brought works once, so it is sent once, however often React runs the effect. */
export function SignInCallbackPage() {
  const navigate = useNavigate()
  const finish = useFinishSingleSignOn()
  const sent = useRef(false)

  useEffect(() => {
    if (sent.current) return
    sent.current = true
    finish.mutate(openedWith, { onSuccess: () => void navigate({ href: takeDestination(), replace: true }) })
  }, [finish.mutate, navigate])

  return (
    <EntryFrame title="Single sign-on" note={finish.error ? undefined : 'Signing you in...'}>
      {finish.error && (
        <>
          <ErrorPanel error={finish.error} />
          <Link to="/sign-in">Back to sign-in</Link>
        </>
      )}
    </EntryFrame>
  )
}
