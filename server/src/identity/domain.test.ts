import type { Level, Role } from '@tenantree/contract'
import { describe, expect, it } from 'vitest'
import { toInstant, toInstantText } from '../kernel/time.ts'
import { readCommonPasswords } from './common-passwords.ts'
import {
  type Asked,
  countFailure,
  decideFlags,
  decideMethod,
  decidePassword,
  lacksSecondFactor,
  lockedUntil,
  noFlags,
  type SignInFailures,
  type SignInMethod,
  toSource,
  triesToLock,
} from './domain.ts'

const ownWords = ['grace.hopper@harbor.example', 'Grace Hopper', 'Blue Harbor Legal']
const codeOf = (act: () => unknown): string => {
  try {
    act()
    return 'allowed'
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('R-USER-4: passwords by NIST SP 800-63B', () => {
  const decide = async (password: string, hasSecondFactor = false) => {
    const common = await readCommonPasswords()
    return codeOf(() => decidePassword(password, { hasSecondFactor, common, ownWords }))
  }

  it.each([
    ['fourteen chars', false, 'password_too_short'],
    ['exactly fifteen', false, 'allowed'],
    ['7 chars', true, 'password_too_short'],
    ['rope-moon', true, 'allowed'],
    ['8 chars!', true, 'allowed'],
  ])('%s, second factor %s: %s', async (password, hasSecondFactor, code) => {
    expect(await decide(password, hasSecondFactor)).toBe(code)
  })

  it.each([
    'password',
    'Password1234',
    'P a s s w o r d',
    'iloveyou',
    'passwordpassword',
    'qwertyuiop',
    'aaaaaaaaaaaaaaaa',
    'abababababababab',
    'abcdefghijklmnopqrs',
    'grace.hopper@harbor.example',
    'GraceHopper2027',
    'BlueHarborLegal!',
    'harbor-password',
  ])('password_blocked: %s', async (password) => {
    expect(await decide(password, true)).toBe('password_blocked')
  })

  it('a passphrase may hold an own name, if enough stands beside it', async () => {
    expect(await decide('a rope for Grace and the moon')).toBe('allowed')
    expect(await decide('1234 and no list')).toBe('allowed')
  })

  it('the list is a list', async () => {
    expect((await readCommonPasswords()).size).toBeGreaterThan(20_000)
  })
})

describe('R-USER-2: flags', () => {
  const flag = (name: keyof typeof noFlags, role: Role, level: Level) =>
    codeOf(() => decideFlags(role, { ...noFlags, [name]: true }, level))

  it.each([
    ['may_purchase', 'operator', 'reseller', 'allowed'],
    ['may_purchase', 'supporter', 'reseller', 'flag_not_for_role'],
    ['security_officer', 'operator', 'end_customer', 'allowed'],
    ['security_officer', 'supporter', 'end_customer', 'flag_not_for_role'],
    ['support', 'manager', 'vendor', 'allowed'],
    ['support', 'operator', 'vendor', 'flag_not_for_role'],
    ['support', 'finance', 'vendor', 'flag_not_for_role'],
    ['support', 'superuser', 'distributor', 'flag_not_for_role'],
  ] as const)('%s on a %s at a %s: %s', (name, role, level, code) => {
    expect(flag(name, role, level)).toBe(code)
  })
})

describe('R-USER-4: ten failures lock for 15 minutes', () => {
  const at = toInstant('2027-01-05T10:00:00Z')
  const failed = (count: number, secondsAgo = 0): SignInFailures => ({
    failed: count,
    failed_at: toInstantText(at.subtract({ seconds: secondsAgo })),
    locked_until: null,
  })

  it.each([
    ['account', 8, null],
    ['account', 9, '2027-01-05T10:15:00.000Z'],
    ['source', 98, null],
    ['source', 99, '2027-01-05T10:15:00.000Z'],
    ['reset_account', 1, null],
    ['reset_account', 2, '2027-01-05T10:15:00.000Z'],
    ['reset_source', 8, null],
    ['reset_source', 9, '2027-01-05T10:15:00.000Z'],
  ] as const)('%s: one more after %i locks until %s', (kind, before, until) => {
    const counted = countFailure(failed(before), at, triesToLock[kind])
    expect(counted.lockedUntil === null ? null : toInstantText(counted.lockedUntil)).toBe(until)
  })

  it('failures of 15 minutes ago still count, those of a second earlier do not', () => {
    expect(countFailure(failed(9, 15 * 60), at).lockedUntil).not.toBeNull()
    expect(countFailure(failed(9, 15 * 60 + 1), at)).toEqual({ failed: 1, lockedUntil: null })
  })

  it('a lock holds to its last millisecond, and a late failure neither ends nor prolongs it', () => {
    const locked = { ...failed(0), locked_until: '2027-01-05T10:15:00.000Z' }
    const end = toInstant('2027-01-05T10:15:00Z')
    expect(lockedUntil(locked, end.subtract({ milliseconds: 1 }))).toEqual(end)
    expect(lockedUntil(locked, end)).toBeNull()
    expect(countFailure(locked, at)).toEqual({ failed: 0, lockedUntil: end })
  })

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('the source of %s is %s', (address, source) => {
    expect(toSource(address)).toBe(source)
  })
})

describe('R-USER-4: what a tenant asks of a sign-in', () => {
  const asked = (fields: Partial<Asked>): Asked => ({
    role: 'operator',
    needs_single_sign_on: false,
    needs_second_factor: false,
    has_second_factor: false,
    ...fields,
  })
  const methods: SignInMethod[] = ['password', 'link', 'passkey', 'single_sign_on']
  const outcome = (fields: Partial<Asked>) =>
    methods.map((method) => {
      const code = codeOf(() => decideMethod(asked(fields), method))
      return code === 'allowed' && lacksSecondFactor(asked(fields), method) ? 'second_factor_missing' : code
    })
  const [yes, no, missing] = ['allowed', 'single_sign_on_required', 'second_factor_missing']

  it.each<[string, Partial<Asked>, (string | undefined)[]]>([
    ['nothing', {}, [yes, yes, yes, yes]],
    ['a second factor, which is not there', { needs_second_factor: true }, [missing, missing, yes, yes]],
    ['a second factor, which is there', { needs_second_factor: true, has_second_factor: true }, [yes, yes, yes, yes]],
    ['single sign-on', { needs_single_sign_on: true, has_second_factor: true }, [no, no, no, yes]],
    ['single sign-on of a superuser', { needs_single_sign_on: true, role: 'superuser' }, [missing, missing, yes, yes]],
    [
      'single sign-on of a superuser with a second factor',
      { needs_single_sign_on: true, role: 'superuser', has_second_factor: true },
      [yes, yes, yes, yes],
    ],
  ])('%s: by password, link, passkey, single sign-on', (_what, fields, expected) => {
    expect(outcome(fields)).toEqual(expected)
  })
})
