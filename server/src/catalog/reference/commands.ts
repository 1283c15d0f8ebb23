import type {
  createTermsVersion as createTermsSchema,
  putMachineEdition as putEditionSchema,
  putFeature as putFeatureSchema,
} from '@tenantree/contract'
import type * as z from 'zod'
import * as audit from '../../audit/index.ts'
import type { CallContext } from '../../kernel/context.ts'
import { fieldProblem, Problem } from '../../kernel/problem.ts'
import { dayOf, toInstantText } from '../../kernel/time.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { decideMachine, type Machine, type MachineEdition } from '../domain.ts'
import * as repository from './repository.ts'

/** `version` is null where it shall be new. Throws stale_version where it is not, or is of another version. */
const decideVersion = (known: { version: number } | null, version: number | null): number => {
  if ((known?.version ?? null) !== version)
    throw new Problem('stale_version', known === null ? {} : { params: { version: known.version } })
  return (version ?? 0) + 1
}

/** Adds a feature or changes one of the version that the caller read. R-OFFER-4. Throws stale_version. */
export const putFeature = (
  db: Database,
  call: CallContext,
  input: { code: string; version: number | null; feature: z.infer<typeof putFeatureSchema> },
): Promise<repository.FeatureRecord> =>
  db.transaction(call, async (tx) => {
    const known = await repository.findFeature(tx, input.code)
    const version = decideVersion(known, input.version)
    const feature = { code: input.code, ...input.feature, version }
    if (known === null) await repository.insertFeature(tx, feature)
    else if (!(await repository.updateFeature(tx, feature))) throw new Problem('stale_version')
    await note(tx, call, 'feature', known, feature)
    return feature
  })

/** Adds a row of the table of machines or changes one. R-OFFER-3. Throws stale_version, invalid_request. */
export const putMachineEdition = (
  db: Database,
  call: CallContext,
  input: { code: string; version: number | null; edition: z.infer<typeof putEditionSchema> },
): Promise<MachineEdition> =>
  db.transaction(call, async (tx) => {
    const known = (await repository.listMachineEditions(tx)).find(({ code }) => code === input.code) ?? null
    const version = decideVersion(known, input.version)
    refuseTwice(input.edition.fits)
    const edition = { code: input.code, ...input.edition, version }
    if (known === null) await repository.insertEdition(tx, edition)
    else if (!(await repository.updateEdition(tx, edition))) throw new Problem('stale_version')
    await note(tx, call, 'machine_edition', known === null ? null : toEditionFields(known), toEditionFields(edition))
    return edition
  })

function refuseTwice(fits: MachineEdition['fits']): void {
  const keys = fits.map(({ os, payment_mode }) => `${os} ${payment_mode}`)
  const index = keys.findIndex((key, at) => keys.indexOf(key) !== at)
  if (index >= 0) throw fieldProblem('invalid_request', `fits/${index}`, 'is there twice')
}

/** Publishes terms and conditions that orders acknowledge from a day on; a version never changes. R-BUY-1. Throws invalid_request. */
export const createTermsVersion = (
  db: Database,
  call: CallContext,
  input: z.infer<typeof createTermsSchema>,
): Promise<repository.TermsVersionRecord> =>
  db.transaction(call, async (tx) => {
    const [last] = await repository.listTermsVersions(tx)
    const today = dayOf(call.now).toString()
    const earliest = last === undefined || last.valid_from < today ? today : last.valid_from
    const validFrom = input.valid_from ?? earliest
    if (validFrom < earliest) throw fieldProblem('invalid_request', 'valid_from', `must not be before ${earliest}`)
    const version = {
      number: (last?.number ?? 0) + 1,
      text: input.text,
      valid_from: validFrom,
      created_at: toInstantText(call.now),
    }
    await repository.insertTermsVersion(tx, version)
    const { text: _text, ...fields } = version
    await note(tx, call, 'terms_version', null, fields)
    return version
  })

/** Throws edition_os_mismatch, naming the editions that fit. R-OFFER-3. */
export async function requireMachine(
  tx: Transaction,
  offer: { machine_edition: string | null },
  machine: Machine,
): Promise<void> {
  const editions = await repository.listMachineEditions(tx)
  const decision = decideMachine(editions, offer, machine)
  if (decision.fits) return
  const names = editions.filter(({ code }) => decision.fitting.includes(code)).map(({ name }) => name)
  const detail = names.length > 0 ? `These editions fit: ${names.join(', ')}.` : 'No edition fits that machine.'
  throw new Problem('edition_os_mismatch', { detail, params: { fitting: decision.fitting } })
}

type Fields = NonNullable<audit.AuditEntry['after']>

const note = (
  tx: Transaction,
  call: CallContext,
  kind: 'feature' | 'machine_edition' | 'terms_version',
  before: Fields | null,
  after: Fields,
): Promise<void> =>
  audit.append(tx, call, {
    action: `${kind}.${before === null ? 'created' : 'updated'}`,
    realmId: 0n,
    path: call.scope.lo,
    // Known by its code or number, which stands in the fields.
    object: { kind, id: null },
    before,
    after,
  })

const toEditionFields = ({ fits, ...edition }: MachineEdition): Fields => ({
  ...edition,
  fits: fits.map(({ os, payment_mode }) => `${os} ${payment_mode}`),
})
