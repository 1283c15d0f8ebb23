import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useSignInWithLink } from '../../api/session.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { CodeStep, challengeOf } from './CodeStep.tsx'
import { EntryFrame } from './EntryFrame.tsx'

/** Opening the link signs in. It works once, so it is sent once, however often React runs the effect. */
export function SignInLinkPage() {
  const { token } = useSearch({ from: '/sign-in/link' })
  const navigate = useNavigate()
  const signIn = useSignInWithLink()
  const sent = useRef(false)

  useEffect(() => {
    if (!token || sent.current) return
    sent.current = true
    signIn.mutate(token, {
      onSuccess: (me) => void navigate({ to: me.user.has_password ? '/' : '/set-password', replace: true }),
    })
  }, [token, signIn.mutate, navigate])

  const challenge = challengeOf(signIn.error)
  if (challenge) return <CodeStep challenge={challenge} onSignedIn={() => void navigate({ to: '/', replace: true })} />
  return (
    <EntryFrame title="Sign in" note={signIn.isPending ? 'Signing you in...' : undefined}>
      {signIn.error && <ErrorPanel error={signIn.error} />}
      {!token && <p>This link is not complete. Copy it again, to its end.</p>}
      {(signIn.error || !token) && <Link to="/sign-in">Sign in with a password instead</Link>}
    </EntryFrame>
  )
}
