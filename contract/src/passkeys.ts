import * as z from 'zod'
import { id, instant, line, pageOf } from './common.ts'

/** What WebAuthn has in its JSON forms is the library's business; it is long, but not endless. */
const base64url = z
  .string()
  .max(20_000)
  .regex(/^[A-Za-z0-9_-]*$/, 'must be base64url')
const credential = {
  id: base64url,
  rawId: base64url,
  type: z.literal('public-key'),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).optional(),
  clientExtensionResults: z.looseObject({}),
}

export const passkey = z
  .strictObject({ id, name: z.string(), created_at: instant, last_used_at: instant.nullable() })
  .meta({ id: 'Passkey' })
export type Passkey = z.infer<typeof passkey>
export const passkeyPage = pageOf(passkey).meta({ id: 'PasskeyPage' })

export const passkeyOptions = z
  .strictObject({ options: z.looseObject({}).meta({ description: 'WebAuthn options in their JSON form' }) })
  .meta({ id: 'PasskeyOptions' })
export const addPasskey = z
  .strictObject({
    name: line(80),
    response: z.strictObject({
      ...credential,
      response: z.looseObject({
        clientDataJSON: base64url,
        attestationObject: base64url,
        transports: z.array(z.string().max(30)).max(10).optional(),
      }),
    }),
  })
  .meta({ id: 'AddPasskey' })
export type AddPasskey = z.infer<typeof addPasskey>
export const signInWithPasskey = z
  .strictObject({
    response: z.strictObject({
      ...credential,
      response: z.looseObject({
        clientDataJSON: base64url,
        authenticatorData: base64url,
        signature: base64url,
        userHandle: base64url.optional(),
      }),
    }),
  })
  .meta({ id: 'SignInWithPasskey' })
export type SignInWithPasskey = z.infer<typeof signInWithPasskey>
