import { randomBytes } from 'node:crypto'
import { type RawBuilder, sql } from 'kysely'
import type { CallContext } from '../kernel/context.ts'
import { toInstantText } from '../kernel/time.ts'
import type { Transaction } from '../platform/database.ts'
import { newId } from '../platform/ids.ts'
import { personalHash, separatePersonal } from './domain.ts'
import * as repository from './repository.ts'

type Fields = Readonly<Record<string, string | number | boolean | null | readonly string[]>>

export type AuditEntry = {
  /** `noun.past_tense` */
  action: string
  realmId: bigint
  /** Of the tenant that the change belongs to. */
  path: string
  object: { kind: string; id: string | null }
  before: Fields | null
  after: Fields | null
  /** A jsonb object that is computed where the entry is written, and joins `after`: what is known only once a lock is held that nobody should wait for. */
  afterSql?: RawBuilder<unknown>
  /** Pointers of personal values, such as `/after/email`: kept apart so that they can be erased. R-KEEP-2. */
  personal?: readonly string[]
  /** Names a price or an amount: seen by the tenant itself, not by those above it. R-TREE-10. */
  private?: boolean
}

/** Notes a change in the transaction of the change, with who, when and from where. R-AUDIT-1. */
export const append = (tx: Transaction, call: CallContext, entry: AuditEntry): Promise<void> =>
  appendAll(tx, call, [entry])

/** The same for a change of many things: an entry for each, in one statement for each thousand. */
export async function appendAll(tx: Transaction, call: CallContext, entries: readonly AuditEntry[]): Promise<void> {
  for (let at = 0; at < entries.length; at += 1000) {
    const rows = entries.slice(at, at + 1000).map((entry) => toRow(call, entry))
    repository.insertEntries(
      tx,
      rows.map(({ row }) => row),
      rows.flatMap(({ personal }) => personal),
    )
  }
}

function toRow(call: CallContext, entry: AuditEntry) {
  const id = newId()
  const { before, after, personal } = separatePersonal(entry, entry.personal ?? [], () => randomBytes(16))
  const { actor } = call.scope
  const address = { pointer: '/address', salt: randomBytes(16), value: call.address }
  const row: repository.NewEntry = {
    realm_id: entry.realmId,
    id,
    path: entry.path,
    at: toInstantText(call.now),
    actor_kind: actor.kind,
    actor_id: actor.id,
    request_id: call.requestId,
    address: personalHash(address.salt, address.value),
    action: entry.action,
    object_kind: entry.object.kind,
    object_id: entry.object.id,
    private: entry.private ?? false,
    before: before === null ? null : JSON.stringify(before),
    after: toAfter(after === null ? null : JSON.stringify(after), entry.afterSql),
  }
  const values = [...personal, address].map((value) => ({
    ...value,
    realm_id: entry.realmId,
    entry_id: id,
    path: entry.path,
  }))
  return { row, personal: values }
}

const toAfter = (after: string | null, computed: RawBuilder<unknown> | undefined): repository.NewEntry['after'] =>
  computed === undefined ? after : sql<string>`${after ?? '{}'}::jsonb || ${computed}`
