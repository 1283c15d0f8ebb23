import type { actOnLicenses as actSchema } from '@tenantree/contract'
import type * as z from 'zod'
import type { CallContext } from '../../kernel/context.ts'
import { fieldProblem, Problem } from '../../kernel/problem.ts'
import { dayOf, toInstantText } from '../../kernel/time.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { decideAutoRenew, isLive, toShownState } from '../domain.ts'
import { releaseAll } from '../holding/release.ts'
import { atOwners } from '../holding/sources.ts'
import { requireOwner } from '../life/change.ts'
import { endAll } from '../life/end.ts'
import { keep } from '../records.ts'
import { type LicenseRecord, lockLicenses, saveLicenses } from '../repository.ts'
import { listIds } from './queries.ts'

type Act = z.infer<typeof actSchema>

const mostAtOnce = 100_000
const locked = 5_000

/**
 * One act on many licenses: on those that are named all or nothing, or on whatever of a filter it applies to, in one transaction. R-LIC-6.
 * Throws not_found, not_allowed, state_conflict, filter_not_applicable. Answers how many were changed.
 */
export const actOnLicenses = (db: Database, call: CallContext, input: Act): Promise<number> =>
  db.transaction(call, async (tx) => {
    if (!call.may.has(input.action === 'release' ? 'licenses.assign' : 'licenses.manage'))
      throw new Problem('not_allowed')
    const ids = await readIds(tx, call, input)
    let changed = 0
    for (let at = 0; at < ids.length; at += locked) {
      const licenses = await lockFitting(tx, call, input, ids.slice(at, at + locked))
      changed += await acts[input.action](tx, call, licenses, input)
    }
    return changed
  })

/** Named ones have to be there, all; of a filter's rows those that the act is about. */
async function lockFitting(
  tx: Transaction,
  call: CallContext,
  input: Act,
  ids: readonly string[],
): Promise<LicenseRecord[]> {
  const licenses = await lockLicenses(tx, ids)
  if (input.ids === undefined) return licenses.filter((license) => applies(license, call, input))
  if (licenses.length < ids.length) throw new Problem('not_found')
  return licenses
}

async function readIds(tx: Transaction, call: CallContext, { ids, filter }: Act): Promise<string[]> {
  if (filter === undefined) return [...new Set(ids)]
  const found = await listIds(tx, call, filter, mostAtOnce + 1)
  if (found.length > mostAtOnce)
    throw fieldProblem('invalid_request', 'filter', `lets more than ${mostAtOnce} licenses through`)
  return found
}

/** Of a filter's rows those that the act is about; the others stay as they are. */
function applies(license: LicenseRecord, call: CallContext, { action }: Act): boolean {
  const live = isLive(toShownState(license, dayOf(call.now).toString()))
  const isOwners = license.owner_path.startsWith(call.scope.lo)
  if (action === 'release') return live && license.holder_id !== null
  return isOwners && (action === 'remove_expired' ? !live : live && !license.is_trial)
}

type Doing = (tx: Transaction, call: CallContext, licenses: readonly LicenseRecord[], input: Act) => Promise<number>

const acts: Record<Act['action'], Doing> = {
  async release(tx, call, licenses) {
    for (const group of byRealm(licenses)) {
      const path = group[0]?.path ?? ''
      await atOwners(tx, 'return_to_pool', path, (wide) =>
        releaseAll(wide, call, group, { why: 'released', refuses: true }),
      )
    }
    return licenses.length
  },
  async set_auto_renew(tx, call, licenses, { auto_renew = true }) {
    const today = dayOf(call.now).toString()
    let changed = 0
    const decided = licenses.map((license) => ({ license, change: decide(license, call, auto_renew, today) }))
    for (const group of Map.groupBy(
      decided,
      ({ license, change }) => `${license.realm_id} ${JSON.stringify(change)}`,
    ).values()) {
      const change = group[0]?.change ?? null
      if (change === null) continue
      const saved = await saveLicenses(
        tx,
        group.map(({ license }) => license),
        change,
      )
      await keep(tx, call, {
        what: 'auto_renew_set',
        licenses: saved,
        numbers: [],
        details: ({ state }) => ({ auto_renew, state }),
      })
      changed += saved.length
    }
    return changed
  },
  async remove_expired(tx, call, licenses) {
    for (const license of licenses) decideRemovable(license, call)
    for (const group of byRealm(licenses)) {
      // One that no job has ended yet ends here.
      const live = group.filter(({ state }) => isLive(state))
      await endAll(tx, call, live, 'expired')
      const saved = await saveLicenses(tx, group, { removed_at: toInstantText(call.now) })
      await keep(tx, call, { what: 'removed', licenses: saved, numbers: [] })
    }
    return licenses.length
  },
}

const byRealm = (licenses: readonly LicenseRecord[]): LicenseRecord[][] => [
  ...Map.groupBy(licenses, ({ realm_id }) => realm_id).values(),
]

function decide(license: LicenseRecord, call: CallContext, autoRenew: boolean, today: string) {
  requireOwner(license, call)
  return decideAutoRenew(license, autoRenew, today)
}

function decideRemovable(license: LicenseRecord, call: CallContext): void {
  requireOwner(license, call)
  const state = toShownState(license, dayOf(call.now).toString())
  if (isLive(state)) throw new Problem('state_conflict', { params: { state } })
}
