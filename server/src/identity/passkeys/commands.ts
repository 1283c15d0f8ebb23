import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import type { AddPasskey, Passkey, SignInWithPasskey } from '@tenantree/contract'
import * as audit from '../../audit/index.ts'
import type { CallContext } from '../../kernel/context.ts'
import { Problem } from '../../kernel/problem.ts'
import { toInstantText } from '../../kernel/time.ts'
import { realNow } from '../../platform/clock.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { hashSecret, newId } from '../../platform/ids.ts'
import { decideMethod } from '../domain.ts'
import { tellPasskeyAdded } from '../invitations.ts'
import { noteFailure, refuseLocked, sourceLimit } from '../limits/commands.ts'
import { openSession, type SignedIn, signedInOrThrow, type Visitor, visit } from '../open-session.ts'
import { proveSession, type SessionRow } from '../repository.ts'
import { findStanding } from '../standing.ts'
import { type RelyingParty, toRelyingParty } from './relying-party.ts'
import type { PasskeyRecord } from './repository.ts'
import * as repository from './repository.ts'

const challengeMinutes = 5
const mostPasskeys = 10
/** COSE: Ed25519, ES256, RS256. Every authenticator has one of them. */
const algorithms = [-8, -7, -257]

export const toPasskey = ({ id, name, created_at, last_used_at }: PasskeyRecord): Passkey => ({
  id,
  name,
  created_at,
  last_used_at,
})

export const listPasskeys = (db: Database, call: CallContext, session: SessionRow): Promise<Passkey[]> =>
  db.transaction(call, async (tx) => (await repository.listPasskeys(tx, session.user_id)).map(toPasskey))

const keepChallenge = (tx: Transaction, challenge: string, userId: string | null) =>
  repository.insertChallenge(tx, {
    challenge_hash: hashSecret(challenge),
    user_id: userId,
    expires_at: toInstantText(realNow().add({ minutes: challengeMinutes })),
  })

/** Begins to add a passkey: what the browser asks the authenticator for. Throws passkeys_unavailable, passkey_limit. */
export const beginToAdd = (db: Database, call: CallContext, session: SessionRow, baseUrl: string) =>
  db.transaction(call, async (tx) => {
    const { id } = toRelyingParty(baseUrl)
    const known = await repository.listPasskeys(tx, session.user_id)
    if (known.length >= mostPasskeys) throw new Problem('passkey_limit')
    const options = await generateRegistrationOptions({
      rpName: 'Tenantree',
      rpID: id,
      userName: session.email,
      userDisplayName: session.name,
      userID: new TextEncoder().encode(session.user_id),
      attestationType: 'none',
      supportedAlgorithmIDs: algorithms,
      excludeCredentials: known.map(({ credential_id }) => ({ id: credential_id.toString('base64url') })),
      // Found without an address typed in, and never without a finger, a face or a PIN: it stands for two factors.
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    })
    await keepChallenge(tx, options.challenge, session.user_id)
    return { options }
  })

/**
 * Adds the passkey that the authenticator has made. The session has proved as much as one that began with it. Throws passkey_refused for an
 * answer to another challenge, of another origin, without the user verified, or one that somebody has already; passkey_limit.
 */
export const addPasskey = (
  db: Database,
  call: CallContext,
  session: SessionRow,
  { name, response, baseUrl, token }: AddPasskey & { baseUrl: string; token: string },
): Promise<Passkey> =>
  db.transaction(call, async (tx) => {
    const { credential } = await verifyNew(tx, session, toRelyingParty(baseUrl), response)
    if ((await repository.listPasskeys(tx, session.user_id)).length >= mostPasskeys) throw new Problem('passkey_limit')
    const passkey: PasskeyRecord = {
      credential_id: Buffer.from(credential.id, 'base64url'),
      id: newId(),
      realm_id: session.realm_id,
      user_id: session.user_id,
      name,
      public_key: Buffer.from(credential.publicKey),
      counter: BigInt(credential.counter),
      transports: [...(credential.transports ?? [])],
      created_at: toInstantText(call.now),
      last_used_at: null,
    }
    if (!(await repository.insertPasskey(tx, passkey))) throw new Problem('passkey_refused')
    await proveSession(tx, hashSecret(token))
    await note(tx, call, session, { action: 'passkey.added', name })
    await tellPasskeyAdded(tx, call, session, name)
    return toPasskey(passkey)
  })

async function verifyNew(tx: Transaction, session: SessionRow, party: RelyingParty, response: AddPasskey['response']) {
  const challenge = challengeOf(response.response.clientDataJSON)
  const kept = await repository.takeChallenge(tx, hashSecret(challenge))
  if (kept?.user_id !== session.user_id || isOver(kept.expires_at)) throw new Problem('passkey_refused')
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: response as RegistrationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
      supportedAlgorithmIDs: algorithms,
    })
    if (verified) return registrationInfo
  } catch {
    // The library throws for each way in which an answer can be wrong; to the caller they are one.
  }
  throw new Problem('passkey_refused')
}

const isOver = (instant: string): boolean => Date.parse(instant) <= realNow().epochMilliseconds

/** The challenge that a browser says it has answered; whether it was one of ours is seen by its hash. */
function challengeOf(clientDataJson: string): string {
  try {
    const { challenge } = JSON.parse(Buffer.from(clientDataJson, 'base64url').toString('utf8'))
    return typeof challenge === 'string' ? challenge : ''
  } catch {
    return ''
  }
}

/** Removes one of the caller's passkeys. Throws not_found, also for somebody else's. */
export const removePasskey = (db: Database, call: CallContext, session: SessionRow, id: string): Promise<void> =>
  db.transaction(call, async (tx) => {
    const name = await repository.deletePasskey(tx, session.user_id, id)
    if (name === null) throw new Problem('not_found')
    await note(tx, call, session, { action: 'passkey.removed', name })
  })

const note = (tx: Transaction, call: CallContext, session: SessionRow, what: { action: string; name: string }) =>
  audit.append(tx, call, {
    action: what.action,
    realmId: session.realm_id,
    path: session.path,
    object: { kind: 'user', id: session.user_id },
    before: what.action === 'passkey.removed' ? { name: what.name } : null,
    after: what.action === 'passkey.added' ? { name: what.name } : null,
    personal: [what.action === 'passkey.added' ? '/after/name' : '/before/name'],
  })

/** Begins a sign-in with whatever passkey the user picks: no address is asked for, so none is told. Throws passkeys_unavailable. */
export async function beginToSignIn(db: Database, visitor: Visitor, baseUrl: string) {
  const { id } = toRelyingParty(baseUrl)
  const call = await visit(db, visitor)
  const options = await generateAuthenticationOptions({ rpID: id, userVerification: 'required' })
  await db.transaction(call, async (tx) => {
    await refuseLocked(tx, [sourceLimit(call.address)])
    await keepChallenge(tx, options.challenge, null)
  })
  return { options }
}

/**
 * Signs in with a passkey, which is both factors. Throws passkey_invalid (one that is not known, removed, of a closed tenant; an answer to
 * another challenge or of another origin, a second time), single_sign_on_required, sign_in_locked.
 */
export async function signInWithPasskey(
  db: Database,
  visitor: Visitor,
  { response, baseUrl }: SignInWithPasskey & { baseUrl: string },
): Promise<SignedIn> {
  const party = toRelyingParty(baseUrl)
  const call = await visit(db, visitor)
  const limit = sourceLimit(call.address)
  const outcome = await db.transaction(call, async (tx) => {
    await refuseLocked(tx, [limit])
    const passkey = await verifyKnown(tx, call, party, response)
    const standing = passkey === null ? null : await findStanding(tx, passkey)
    if (standing === null || standing.is_closed) {
      await noteFailure(tx, [limit])
      return new Problem('passkey_invalid')
    }
    decideMethod(standing, 'passkey')
    return openSession(tx, call, visitor, { ...standing, by: 'passkey' })
  })
  return signedInOrThrow(outcome)
}

/** The passkey that has signed, or null. The challenge is used up either way. */
async function verifyKnown(
  tx: Transaction,
  call: CallContext,
  party: RelyingParty,
  response: SignInWithPasskey['response'],
): Promise<PasskeyRecord | null> {
  const challenge = challengeOf(response.response.clientDataJSON)
  const kept = await repository.takeChallenge(tx, hashSecret(challenge))
  const passkey = await repository.lockPasskey(tx, Buffer.from(response.id, 'base64url'))
  if (kept === null || kept.user_id !== null || isOver(kept.expires_at) || passkey === null) return null
  const counter = await verifySignature(passkey, party, { challenge, response })
  if (counter === null) return null
  await repository.noteUse(tx, passkey.credential_id, {
    counter: BigInt(counter),
    last_used_at: toInstantText(call.now),
  })
  return passkey
}

/** The authenticator's counter, or null where anything is wrong with the answer. */
async function verifySignature(
  passkey: PasskeyRecord,
  party: RelyingParty,
  { challenge, response }: { challenge: string; response: SignInWithPasskey['response'] },
): Promise<number | null> {
  const { userHandle } = response.response
  if (userHandle !== undefined && Buffer.from(userHandle, 'base64url').toString('utf8') !== passkey.user_id) return null
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: response as AuthenticationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
      credential: {
        id: passkey.credential_id.toString('base64url'),
        publicKey: new Uint8Array(passkey.public_key),
        counter: Number(passkey.counter),
      },
    })
    return verified ? authenticationInfo.newCounter : null
  } catch {
    return null
  }
}
