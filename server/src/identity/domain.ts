import type { Flag, Level, Role } from '@tenantree/contract'
import type { Actor, Scope } from '../kernel/context.ts'
import { fieldProblem, Problem } from '../kernel/problem.ts'
import { type Instant, toInstant } from '../kernel/time.ts'
import { ancestorPaths, toBounds } from '../kernel/tree.ts'

/** Addresses are compared without letter case; the part before the @ too, since people are not careful with it. */
export const toEmailKey = (email: string): string => email.normalize('NFKC').trim().toLowerCase()

const shortestPassword = 15
const shortestWithSecondFactor = 8
/** Fewer characters beside one's own name or address are no password. */
const shortestOwnPart = 8

export type PasswordRules = {
  hasSecondFactor: boolean
  /** Lower-case passwords that everyone tries first. */
  common: ReadonlySet<string>
  /** The person's address and name, the tenant's name. */
  ownWords: readonly string[]
}

/** NIST SP 800-63B: length and a block list count, composition does not. R-USER-4. Throws password_too_short, password_blocked. */
export function decidePassword(password: string, rules: PasswordRules): string {
  decideLength(password, rules.hasSecondFactor, 'new_password')
  if (isGuessable(password, rules)) {
    throw fieldProblem('password_blocked', 'new_password', 'It is a common password, or made of your own names.')
  }
  return password
}

/** 15 letters alone, 8 with a second factor. Throws password_too_short. */
export function decideLength(password: string, hasSecondFactor: boolean, field: string): void {
  const shortest = hasSecondFactor ? shortestWithSecondFactor : shortestPassword
  if ([...password].length >= shortest) return
  throw fieldProblem('password_too_short', field, `The password needs at least ${shortest} characters.`)
}

const lettersAndDigits = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '')

function isGuessable(password: string, { common, ownWords }: PasswordRules): boolean {
  const plain = lettersAndDigits(password)
  const rest = withoutOwnWords(plain, ownWords)
  const isMostlyOwn = rest !== plain && rest.length < shortestOwnPart
  const forms = [password.toLowerCase(), plain, rest].flatMap((form) => [
    form,
    form.replace(/\d+$/, ''),
    repeated(form),
  ])
  return isMostlyOwn || isMonotonous(plain) || forms.some((form) => common.has(form))
}

function withoutOwnWords(plain: string, ownWords: readonly string[]): string {
  const words = ownWords.flatMap((words) => [words, ...words.split(/[^\p{L}\p{N}]+/u)]).map(lettersAndDigits)
  const longestFirst = words.filter((word) => word.length > 3).sort((left, right) => right.length - left.length)
  return longestFirst.reduce((rest, word) => rest.replaceAll(word, ''), plain)
}

/** The piece that a text repeats: `abcabcab` is `abc` again and again. */
const repeated = (text: string): string => {
  const [, piece = '', end = ''] = /^(.+?)\1+(.*)$/u.exec(text) ?? []
  return piece.startsWith(end) ? piece : ''
}

/** A few characters in turn, or one step of the alphabet after the other. */
function isMonotonous(text: string): boolean {
  const piece = repeated(text)
  const steps = new Set([...text].slice(1).map((letter, at) => (letter.codePointAt(0) ?? 0) - text.charCodeAt(at)))
  return (piece !== '' && piece.length < 4) || steps.size === 1
}

export const lockMinutes = 15
/**
 * How many tries lock for 15 minutes. R-USER-4: ten failures of an account. A source may be a whole office behind one address, where ten people
 * mistype in a morning: it is locked by what no office does. Mails with a link for a new password: three to an account, ten asked for by a source.
 */
export const triesToLock = { account: 10, source: 100, reset_account: 3, reset_source: 10 } as const

export type SignInFailures = { failed: number; failed_at: string; locked_until: string | null }

/** Until when sign-in is locked, or null. */
export const lockedUntil = (failures: SignInFailures | null, now: Instant): Instant | null =>
  failures?.locked_until != null && Date.parse(failures.locked_until) > now.epochMilliseconds
    ? toInstant(failures.locked_until)
    : null

/**
 * Ten failures of an account lock it for 15 minutes; old failures are forgotten after as long. R-USER-4. A failure that was under way when the lock
 * came neither ends nor prolongs it.
 */
export function countFailure(
  before: SignInFailures | null,
  now: Instant,
  tries: number = triesToLock.account,
): { failed: number; lockedUntil: Instant | null } {
  const running = lockedUntil(before, now)
  if (running !== null) return { failed: 0, lockedUntil: running }
  const forgetBefore = now.subtract({ minutes: lockMinutes }).epochMilliseconds
  const counted = before !== null && Date.parse(before.failed_at) >= forgetBefore ? before.failed : 0
  const failed = counted + 1
  return failed < tries ? { failed, lockedUntil: null } : { failed: 0, lockedUntil: now.add({ minutes: lockMinutes }) }
}

/** Whom a lock of a source means: of IPv6 the network, since a machine there has as many addresses as it likes. */
export function toSource(address: string): string {
  if (!address.includes(':')) return address
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  const [head = '', tail] = address.toLowerCase().split('::')
  const [first, last] = [head, tail ?? ''].map((part) => part.split(':').filter((group) => group !== ''))
  const zeros = Array<string>(Math.max(0, 8 - (first?.length ?? 0) - (last?.length ?? 0))).fill('0')
  const groups = [...(first ?? []), ...(tail === undefined ? [] : zeros), ...(last ?? [])].slice(0, 4)
  return `${groups.map((group) => group.replace(/^0+(?=.)/, '')).join(':')}::/64`
}

export type SignInMethod = 'password' | 'link' | 'passkey' | 'single_sign_on'

/** What decides whether a sign-in, or a session that is there already, is good enough. */
export type Asked = {
  role: Role
  needs_single_sign_on: boolean
  needs_second_factor: boolean
  has_second_factor: boolean
}

/**
 * A tenant that requires single sign-on is signed in to by nothing else; but a superuser keeps a way in for when the provider is broken: a
 * passkey, or the password with a second factor. R-USER-4. Throws single_sign_on_required.
 */
export function decideMethod(asked: Pick<Asked, 'role' | 'needs_single_sign_on'>, method: SignInMethod): void {
  if (!asked.needs_single_sign_on || asked.role === 'superuser' || method === 'single_sign_on') return
  throw new Problem('single_sign_on_required')
}

/** Whether a second factor is asked for: by a tenant, or of a superuser who passes single sign-on by. */
export const needsSecondFactor = (
  asked: Pick<Asked, 'role' | 'needs_single_sign_on' | 'needs_second_factor'>,
): boolean => asked.needs_second_factor || (asked.needs_single_sign_on && asked.role === 'superuser')

/** A passkey is two factors, and with single sign-on the second one is the provider's business. */
export const lacksSecondFactor = (asked: Asked, method: SignInMethod): boolean =>
  needsSecondFactor(asked) && !asked.has_second_factor && (method === 'password' || method === 'link')

/** What a session's directory look-up answers. */
export type SessionOwner = {
  realm_id: bigint
  tenant_id: string
  path: string
  level: Level
}

/** The scope of whoever acts for a tenant: the tenant and everything below. The vendor's spans all realms. */
export const toScope = (actor: Actor, owner: SessionOwner): Scope => ({
  actor,
  tenantId: owner.tenant_id,
  realmId: owner.level === 'vendor' ? null : owner.realm_id,
  ...toBounds(owner.path),
  chain: ancestorPaths(owner.path).join(' '),
  reach: owner.level === 'vendor' ? 'vendor' : 'subtree',
})

/** A partner's first superuser may purchase; nobody else without being told. R-USER-2. */
export const mayPurchaseAtFirst = (level: Level, role: Role, hasSuperuser: boolean): boolean =>
  role === 'superuser' && !hasSuperuser && ['distributor', 'sub_distributor', 'reseller'].includes(level)

export type Flags = Record<Flag, boolean>
export const noFlags: Flags = { may_purchase: false, security_officer: false, support: false }

const managers: readonly Role[] = ['superuser', 'administrator', 'manager']

/** No flag on a supporter; support is for the vendor's users of manager or above. R-USER-2. Throws flag_not_for_role. */
export function decideFlags(role: Role, flags: Flags, level: Level): void {
  if (role === 'supporter' && flags.may_purchase) throw fieldProblem('flag_not_for_role', 'may_purchase')
  if (role === 'supporter' && flags.security_officer) throw fieldProblem('flag_not_for_role', 'security_officer')
  if (flags.support && !(level === 'vendor' && managers.includes(role)))
    throw fieldProblem('flag_not_for_role', 'support')
}

/** Nobody grants a flag that is not the own; a superuser has all to give. R-USER-3. Throws flag_above_own. */
export function decideGrantedFlags(granter: { role: Role; flags: Flags }, before: Flags, after: Flags): void {
  if (granter.role === 'superuser') return
  for (const flag of Object.keys(noFlags) as Flag[])
    if (after[flag] && !before[flag] && !granter.flags[flag]) throw new Problem('flag_above_own', { params: { flag } })
}

/** `others` are the superusers of the tenant beside the one who goes or is demoted. R-USER-3. Throws last_superuser. */
export function decideSuperuserStays(others: number): void {
  if (others === 0) throw new Problem('last_superuser')
}
