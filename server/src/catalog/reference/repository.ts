import { sql } from 'kysely'
import type { Transaction } from '../../platform/database.ts'
import type { MachineEdition } from '../domain.ts'

export type FeatureRecord = { code: string; name: string; description: string; position: number; version: number }
export type TermsVersionRecord = { number: number; text: string; valid_from: string; created_at: string }
type EditionRecord = Omit<MachineEdition, 'fits'>
type ReferenceTables = {
  features: FeatureRecord
  machine_editions: EditionRecord
  machine_fits: { edition_code: string; os: string; payment_mode: string }
  terms_versions: TermsVersionRecord
}

export const listFeatures = (tx: Transaction): Promise<FeatureRecord[]> =>
  tx.tables<ReferenceTables>().selectFrom('features').selectAll().orderBy('position').orderBy('code').execute()

export async function findFeature(tx: Transaction, code: string): Promise<FeatureRecord | null> {
  const query = tx.tables<ReferenceTables>().selectFrom('features').selectAll().where('code', '=', code)
  return (await query.executeTakeFirst()) ?? null
}

export async function insertFeature(tx: Transaction, feature: FeatureRecord): Promise<void> {
  await tx.tables<ReferenceTables>().insertInto('features').values(feature).execute()
}

/** Answers whether the version before was still the one that was read. */
export async function updateFeature(tx: Transaction, { code, ...feature }: FeatureRecord): Promise<boolean> {
  const saved = await tx
    .tables<ReferenceTables>()
    .updateTable('features')
    .set(feature)
    .where('code', '=', code)
    .where('version', '=', feature.version - 1)
    .executeTakeFirst()
  return saved.numUpdatedRows > 0n
}

/** The table edition x operating system x payment mode. R-OFFER-3. */
export async function listMachineEditions(tx: Transaction): Promise<MachineEdition[]> {
  const { rows } = await sql<MachineEdition>`
    select e.*, coalesce((
      select jsonb_agg(jsonb_build_object('os', f.os, 'payment_mode', f.payment_mode) order by f.os, f.payment_mode)
      from machine_fits f where f.edition_code = e.code), '[]') as fits
    from machine_editions e order by e.position, e.code`.execute(tx.tables())
  return rows
}

export async function insertEdition(tx: Transaction, { fits, ...edition }: MachineEdition): Promise<void> {
  await tx.tables<ReferenceTables>().insertInto('machine_editions').values(edition).execute()
  await writeFits(tx, edition.code, fits)
}

/** Answers whether the version before was still the one that was read. */
export async function updateEdition(tx: Transaction, { code, fits, ...edition }: MachineEdition): Promise<boolean> {
  const saved = await tx
    .tables<ReferenceTables>()
    .updateTable('machine_editions')
    .set(edition)
    .where('code', '=', code)
    .where('version', '=', edition.version - 1)
    .executeTakeFirst()
  if (saved.numUpdatedRows === 0n) return false
  await writeFits(tx, code, fits)
  return true
}

async function writeFits(tx: Transaction, code: string, fits: MachineEdition['fits']): Promise<void> {
  const tables = tx.tables<ReferenceTables>()
  await tables.deleteFrom('machine_fits').where('edition_code', '=', code).execute()
  if (fits.length === 0) return
  const rows = fits.map(({ os, payment_mode }) => ({ edition_code: code, os, payment_mode }))
  await tables.insertInto('machine_fits').values(rows).execute()
}

/** Versions of the terms and conditions, the newest first. */
export const listTermsVersions = (tx: Transaction): Promise<TermsVersionRecord[]> =>
  tx.tables<ReferenceTables>().selectFrom('terms_versions').selectAll().orderBy('number', 'desc').execute()

/** The version in force on a day, or null. R-BUY-1. */
export async function findTermsVersion(tx: Transaction, day: string): Promise<TermsVersionRecord | null> {
  const query = tx
    .tables<ReferenceTables>()
    .selectFrom('terms_versions')
    .selectAll()
    .where('valid_from', '<=', day)
    .orderBy('number', 'desc')
  return (await query.executeTakeFirst()) ?? null
}

export async function insertTermsVersion(tx: Transaction, version: TermsVersionRecord): Promise<void> {
  await tx.tables<ReferenceTables>().insertInto('terms_versions').values(version).execute()
}
