import type { feature, machineEdition, termsVersion } from '@tenantree/contract'
import { sql } from 'kysely'
import type * as z from 'zod'
import type { CallContext } from '../../kernel/context.ts'
import type { Page } from '../../kernel/page.ts'
import type { Database } from '../../platform/database.ts'
import { mayHave } from '../queries.ts'
import * as repository from './repository.ts'

/** Features of offers that the caller may sell or use; the vendor sees all. R-OFFER-4, R-TREE-9. */
export const listFeatures = (db: Database, call: CallContext): Promise<Page<z.infer<typeof feature>>> =>
  db.transaction(call, async (tx) => {
    const all = await repository.listFeatures(tx)
    if (call.scope.reach === 'vendor') return { data: all, next: null }
    const { rows } = await sql<{ code: string }>`
      select distinct unnest(o.features) as code from offers o where ${mayHave(call)}`.execute(tx.tables())
    const seen = new Set(rows.map(({ code }) => code))
    return { data: all.filter(({ code }) => seen.has(code)), next: null }
  })

/** Which license fits which machine. R-OFFER-3. */
export const listMachineEditions = (db: Database, call: CallContext): Promise<Page<z.infer<typeof machineEdition>>> =>
  db.transaction(call, async (tx) => ({
    data: (await repository.listMachineEditions(tx)).map((edition) => ({ ...edition, fits: [...edition.fits] })),
    next: null,
  }))

/** The terms and conditions with all their versions, the newest first. R-BUY-1. */
export const listTermsVersions = (db: Database, call: CallContext): Promise<Page<z.infer<typeof termsVersion>>> =>
  db.transaction(call, async (tx) => ({ data: await repository.listTermsVersions(tx), next: null }))
