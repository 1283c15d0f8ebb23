import type { Level, Role } from '@tenantree/contract'
import { describe, expect, it } from 'vitest'
import { readCommonPasswords } from './common-passwords.ts'
import { decideFlags, decidePassword, noFlags } from './domain.ts'

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
