import { startAuthentication } from '@simplewebauthn/browser'
import { useMutation } from '@tanstack/react-query'
import { api } from './client.ts'
import { passkeysHere, toRequestOptions } from './passkeys.ts'
import { useStartSession } from './session.ts'

/** The browser lets the user pick a passkey; it says itself whose it is. */
export const useSignInWithPasskey = () =>
  useStartSession(async () => {
    passkeysHere()
    const { options } = await api.beginPasskeySignIn()
    const answer = await startAuthentication({ optionsJSON: toRequestOptions(options) })
    const { id, rawId } = answer
    const extensions = { ...answer.clientExtensionResults }
    const response = { ...answer.response }
    return api.signInWithPasskey({
      body: { response: { id, rawId, type: 'public-key', clientExtensionResults: extensions, response } },
    })
  })

/** Leaves the console for the identity provider, which sends the browser back to /sign-in/callback. */
export const useStartSingleSignOn = () =>
  useMutation({
    mutationFn: async (email: string) => {
      const { url } = await api.startSingleSignOn({ body: { email } })
      window.location.assign(url)
    },
  })

export const useFinishSingleSignOn = () =>
  useStartSession((query: string) => api.finishSingleSignOn({ body: { query } }))

export const useRequestPasswordReset = () =>
  useMutation({ mutationFn: (email: string) => api.requestPasswordReset({ body: { email } }) })

export const useResetPassword = () =>
  useMutation({
    mutationFn: (input: { token: string; new_password: string }) => api.resetPassword({ body: input }),
    gcTime: 0,
  })
