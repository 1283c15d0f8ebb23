import type { MoveFinding } from '@tenantree/contract'
import type { CallContext } from '../../kernel/context.ts'
import { Problem } from '../../kernel/problem.ts'
import type { Transaction } from '../../platform/database.ts'
import type { Moving, TenantRecord } from '../../tenants/index.ts'
import { isLive } from '../domain.ts'
import { listOffersOf } from '../holding/offers.ts'
import { atOwners } from '../holding/sources.ts'
import type { LicenseRecord } from '../repository.ts'
import { type Edge, listMissing, takeOne, toLeaving } from './anew.ts'
import { giveBack, listHeldAway } from './back.ts'

/** Who would be left without a license: what holders have from pools no longer above is taken anew where they will stand. R-TREE-6. */
export async function checkLicenses(tx: Transaction, call: CallContext, edge: Edge): Promise<MoveFinding[]> {
  const held = await atOwners(tx, 'return_to_pool', edge.tenant.path, (wide) => listHeldAway(wide, toLeaving(edge)))
  const live = held.filter(({ state }) => isLive(state))
  const missing = await listMissing(tx, call, edge, live)
  const findings: MoveFinding[] = []
  const byProduct = [...Map.groupBy(missing, ({ product_key }) => product_key)]
  for (const [productKey, { length }] of byProduct.sort(([left], [right]) => (left < right ? -1 : 1))) {
    const [offer] = await listOffersOf(tx, productKey)
    const who = length === 1 ? 'One holder' : `${length} holders`
    findings.push({
      code: 'licenses_missing',
      detail: `${who} of ${offer?.product ?? productKey} would be left without a license.`,
      refuses: true,
    })
  }
  return findings
}

/**
 * Before a move: what comes from pools no longer above goes back to them. The answer is done after it: holders take anew where they stand now.
 * R-TREE-6. That throws licenses_missing where one is left without and the caller has not allowed it.
 */
export async function leavePools(
  tx: Transaction,
  call: CallContext,
  edge: Edge,
): Promise<(moved: Moving) => Promise<void>> {
  const left = await atOwners(tx, 'return_to_pool', edge.tenant.path, (wide) =>
    giveBack(wide, call, toLeaving(edge), 'tenant_moved'),
  )
  return ({ tenant, allowUnlicensed }) => takeAnew(tx, call, { tenant, left, allowUnlicensed })
}

type Anew = { tenant: TenantRecord; left: readonly LicenseRecord[]; allowUnlicensed: boolean }

async function takeAnew(tx: Transaction, call: CallContext, { tenant, left, allowUnlicensed }: Anew): Promise<void> {
  const missing: string[] = []
  for (const license of left)
    if (!(await takeOne(tx, call, tenant.realm_id, license)) && license.holder_id !== null)
      missing.push(license.holder_id)
  if (missing.length > 0 && !allowUnlicensed)
    throw new Problem('licenses_missing', { params: { holders: missing.slice(0, 100), count: missing.length } })
}
