import * as z from 'zod'
import { instant } from './common.ts'

/** RFC 8414: https, no query, no fragment. http is for this very machine, in demo and test mode; the server decides. */
const issuer = z
  .url({ protocol: /^https?$/ })
  .max(300)
  .refine((text) => !/[?#]/.test(text), 'must have neither a query nor a fragment')
  .meta({ description: 'As the provider writes it in its tokens', examples: ['https://login.example.com'] })

export const identityProvider = z
  .strictObject({
    issuer: z.string(),
    client_id: z.string(),
    covers_below: z
      .boolean()
      .meta({ description: 'Also for users of tenants below that have no provider of their own' }),
    updated_at: instant,
  })
  .meta({ id: 'IdentityProvider', description: 'Where the users of a tenant sign in; its secret is never shown' })
export const identityProviderSetting = z
  .strictObject({
    provider: identityProvider.nullable(),
    redirect_uri: z.string().meta({ description: 'To be registered at the provider' }),
  })
  .meta({ id: 'IdentityProviderSetting' })
export type IdentityProviderSetting = z.infer<typeof identityProviderSetting>
export const setIdentityProvider = z
  .strictObject({
    issuer,
    client_id: z.string().trim().min(1).max(300),
    client_secret: z
      .string()
      .min(1)
      .max(1000)
      .optional()
      .meta({ description: 'The stored one stays if left out, where issuer and client stay too' }),
    covers_below: z.boolean(),
  })
  .meta({ id: 'SetIdentityProvider' })
export type SetIdentityProvider = z.infer<typeof setIdentityProvider>
export const checkedIdentityProvider = z
  .strictObject({ issuer: z.string(), authorization_endpoint: z.string() })
  .meta({ id: 'CheckedIdentityProvider', description: 'What the provider says of itself' })

export const startSingleSignOn = z.strictObject({ email: z.string().max(254) }).meta({ id: 'StartSingleSignOn' })
export const startedSingleSignOn = z
  .strictObject({ url: z.string().meta({ description: 'Where the browser goes to sign in' }) })
  .meta({ id: 'StartedSingleSignOn' })
export const finishSingleSignOn = z
  .strictObject({
    query: z.string().max(8192).meta({ description: 'The query string with which the provider sent the browser back' }),
  })
  .meta({ id: 'FinishSingleSignOn' })

export const requestPasswordReset = z.strictObject({ email: z.string().max(254) }).meta({ id: 'RequestPasswordReset' })
export const resetPassword = z
  .strictObject({ token: z.string().max(200), new_password: z.string().max(1024) })
  .meta({ id: 'ResetPassword' })
