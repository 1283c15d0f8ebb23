import type { KeptFor } from '@tenantree/contract'
import type { RawBuilder, SqlBool } from 'kysely'
import type { CallContext, Scope } from '../kernel/context.ts'
import type { Transaction } from '../platform/database.ts'

/** A record whose time runs. `since` is when that began; `name` is for people and may be a person's. */
export type Standing = { realm_id: bigint; path: string; id: string; name: string | null; since: string }

export type Place = { realm_id: bigint; path: string }
export type Due = {
  /** Records that stand since this moment or before are due. */
  until: string
  places: readonly Place[]
}

/**
 * One kind of record that is erased when its time is over, whatever the billing or the state of its tenant says. R-KEEP-1. Declared by the
 * slice that owns the records; application.ts puts all of them into one list.
 */
export type KeepingClock = {
  kind: string
  title: string
  /** What an erasing takes away and what stays, in a sentence. */
  erases: string
  keptFor: KeptFor
  atLeast: KeptFor
  /** Whether only the tenant itself may know how much was erased: of an edge nobody above sees an invoice. R-TREE-10. */
  isPrivate?: boolean
  /** A select of Standing: what stands since `until` or before. */
  standing(until: string): RawBuilder<Standing>
  /** Bounds `s`, the standing records, beside the subtree of the scope. */
  within?(scope: Scope): RawBuilder<SqlBool>
  /** Erases what is due at these places; what has come back in the meantime stays. null: a task of its own erases it at its very moment. */
  erase: ((tx: Transaction, due: Due, call: CallContext) => Promise<Place[]>) | null
  /** Erases what goes along and belongs to no tenant. */
  sweep?(tx: Transaction, until: string): Promise<void>
}

export const aDay: KeptFor = { count: 1, unit: 'days' }
export const days = (count: number): KeptFor => ({ count, unit: 'days' })
