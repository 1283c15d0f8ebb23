import { randomBytes } from 'node:crypto'
import { generateSecret, generateURI, verifySync } from 'otplib'
import type { Instant } from '../../kernel/time.ts'
import { hashSecret } from '../../platform/ids.ts'

/** How far the clock of a phone may be off. */
const toleranceS = 30
const recoveryCodeCount = 10

export const newTotpSecret = (): string => generateSecret()
export const toOtpauthUri = (secret: string, label: string): string =>
  generateURI({ issuer: 'Tenantree', label, secret })

/** The time step of a code that is right at this moment and later than the last one that was taken; else null. RFC 6238. */
export function findStep(factor: { secret: string; last_step: bigint }, code: string, at: Instant): number | null {
  if (!/^\d{6}$/.test(code)) return null
  const result = verifySync({
    secret: factor.secret,
    token: code,
    epoch: Math.floor(at.epochMilliseconds / 1000),
    epochTolerance: toleranceS,
    afterTimeStep: Number(factor.last_step),
  })
  return result.valid && 'timeStep' in result ? result.timeStep : null
}

/** Ten codes of 64 random bits, such as `1f2e-...`: long enough for a plain hash to keep them. */
export const newRecoveryCodes = (): string[] =>
  Array.from({ length: recoveryCodeCount }, () => (randomBytes(8).toString('hex').match(/.{4}/g) ?? []).join('-'))

/** People type codes with other dashes and letter case. */
export const hashRecoveryCode = (code: string): Buffer => hashSecret(code.toLowerCase().replaceAll(/[^0-9a-f]/g, ''))
