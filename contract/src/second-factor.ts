import * as z from 'zod'
import { instant } from './common.ts'

/** A code of the authenticator, or one of the recovery codes. */
const code = z.string().trim().min(6).max(40)

export const secondFactor = z
  .strictObject({
    enabled: z.boolean(),
    required: z.boolean(),
    enabled_at: instant.nullable(),
    recovery_codes_left: z.int(),
  })
  .meta({ id: 'SecondFactor' })
export const enrolledSecondFactor = z
  .strictObject({
    secret: z.string().meta({ description: 'Base32, for typing in; shown once' }),
    otpauth_uri: z.string().meta({ description: 'For a QR code' }),
  })
  .meta({ id: 'EnrolledSecondFactor' })
export const confirmSecondFactor = z.strictObject({ code }).meta({ id: 'ConfirmSecondFactor' })
export const recoveryCodes = z
  .strictObject({ recovery_codes: z.array(z.string()).meta({ description: 'Each works once; shown once' }) })
  .meta({ id: 'RecoveryCodes' })
export const removeSecondFactor = z
  .strictObject({ current_password: z.string().max(1024) })
  .meta({ id: 'RemoveSecondFactor' })

/** The second step of a sign-in: the challenge of the first, with a code. */
export const answerChallenge = z.strictObject({ challenge: z.string().max(200), code }).meta({ id: 'AnswerChallenge' })

export const signInPolicy = z
  .strictObject({
    require_second_factor: z.boolean().meta({ description: 'Asked by this tenant of its users and of all below' }),
    inherited: z.boolean().meta({ description: 'A tenant above asks for a second factor' }),
    require_single_sign_on: z
      .boolean()
      .meta({ description: 'Asked by this tenant of all users that its identity provider is for' }),
    single_sign_on_provided: z
      .boolean()
      .meta({ description: 'Its users may sign in by an identity provider: its own, or one above' }),
    single_sign_on_required: z.boolean().meta({ description: 'Asked of its users: by itself or by a tenant above' }),
  })
  .meta({ id: 'SignInPolicy' })
export const updateSignInPolicy = z
  .strictObject({
    require_second_factor: z.boolean(),
    require_single_sign_on: z
      .boolean()
      .optional()
      .meta({ description: 'A superuser may change it; as it was if left out' }),
  })
  .meta({ id: 'UpdateSignInPolicy' })
