import {
  browserSupportsWebAuthn,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startRegistration,
} from '@simplewebauthn/browser'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from './client.ts'
import { meQuery } from './session.ts'

/** WebAuthn's options as the server's library made them for the browser's. */
export const toRequestOptions = (options: unknown) => options as PublicKeyCredentialRequestOptionsJSON
const toCreationOptions = (options: unknown) => options as PublicKeyCredentialCreationOptionsJSON

const isAddress = (host: string) => /^[\d.]+$|^\[/.test(host)

/** Says why passkeys cannot work here before the browser does, in words that help. */
export function passkeysHere(): void {
  const { hostname, port, protocol } = window.location
  const home = `${protocol}//localhost${port && `:${port}`}`
  if (hostname === '127.0.0.1' || hostname === '[::1]')
    throw new Error(`Passkeys belong to a name, not to an address: open the console at ${home}`, { cause: 'passkeys' })
  if (isAddress(hostname))
    throw new Error('Passkeys belong to a name: open the console by its name.', { cause: 'passkeys' })
  if (!browserSupportsWebAuthn())
    throw new Error('This browser has no passkeys here: they need https, or localhost.', { cause: 'passkeys' })
}

const key = ['passkeys']
export const usePasskeys = () =>
  useQuery({ queryKey: key, queryFn: () => api.listPasskeys().then((page) => page.data) })

export function useAddPasskey() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: async (name: string) => {
      passkeysHere()
      const { options } = await api.beginPasskey()
      const made = await startRegistration({ optionsJSON: toCreationOptions(options) })
      // The library's interfaces as plain objects, which is what they are.
      const { id, rawId } = made
      const extensions = { ...made.clientExtensionResults }
      const response = { ...made.response }
      return api.addPasskey({
        body: { name, response: { id, rawId, type: 'public-key', clientExtensionResults: extensions, response } },
      })
    },
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: key })
      await queryClient.invalidateQueries({ queryKey: meQuery.queryKey })
    },
  })
}

export function useRemovePasskey() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => api.removePasskey({ path: { id } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: key }),
  })
}
