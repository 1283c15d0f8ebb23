import type { FilePolicy, fileAnswer, filePolicyQuery, fileQuestion } from '@tenantree/contract'
import type * as z from 'zod'
import type { CallContext } from '../../kernel/context.ts'
import { fromCursor, type Page, toPage } from '../../kernel/page.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { getTenant, type TenantRecord } from '../../tenants/index.ts'
import { findDeciding, missingFeatures } from './domain.ts'
import { listHeld, listPolicies, type PolicyRecord } from './repository.ts'

export function toPolicy(
  { realm_id: _realm, path: _path, ...policy }: PolicyRecord,
  held: ReadonlySet<string>,
): FilePolicy {
  const missing = missingFeatures(policy, held)
  return { ...policy, is_applied: missing.length === 0, missing_features: missing }
}

const readHeld = async (tx: Transaction, tenant: TenantRecord): Promise<Set<string>> =>
  new Set((await listHeld(tx, tenant)).flatMap(({ features }) => features))

async function readPolicies(tx: Transaction, tenant: TenantRecord): Promise<FilePolicy[]> {
  const held = await readHeld(tx, tenant)
  return (await listPolicies(tx, tenant)).map((policy) => toPolicy(policy, held))
}

/** In the order in which they are tried. R-POL-1. Throws not_found. */
export const listFilePolicies = (
  db: Database,
  call: CallContext,
  { tenantId, query }: { tenantId: string; query: z.infer<typeof filePolicyQuery> },
): Promise<Page<FilePolicy>> =>
  db.transaction(call, async (tx) => {
    const all = await readPolicies(tx, await getTenant(tx, call.scope, tenantId))
    const after = Number(fromCursor(query.cursor, ['integer'])?.[0] ?? 0)
    const rest = all.filter(({ position }) => position > after)
    return toPage(rest.slice(0, query.limit + 1), query.limit, ({ position }) => [String(position)])
  })

/** What the policies of a customer say of a file. R-POL-1. Throws not_found. */
export const askFilePolicies = (
  db: Database,
  call: CallContext,
  { tenantId, file }: { tenantId: string; file: z.infer<typeof fileQuestion> },
): Promise<z.infer<typeof fileAnswer>> =>
  db.transaction(call, async (tx) => {
    const tenant = await getTenant(tx, call.scope, tenantId)
    const deciding = findDeciding(await listPolicies(tx, tenant), file, await readHeld(tx, tenant))
    return { action: deciding?.action ?? 'allow', policy_id: deciding?.id ?? null }
  })
