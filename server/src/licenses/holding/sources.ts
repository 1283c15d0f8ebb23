import type { PaymentMode } from '@tenantree/contract'
import { sql } from 'kysely'
import { isWithin, parentPath, segmentWidth } from '../../kernel/tree.ts'
import { type Transaction, type WidenReason, widen } from '../../platform/database.ts'

/** A pool that serves a holder, in the order in which it is asked. R-POOL-2. */
export type Source = {
  poolId: string
  poolPath: string
  /** null: only what the pool keeps for nobody. */
  setAsideFor: string | null
  /** Only trial licenses: what a company has asked for itself serves it wherever its others come from. */
  trialsOnly: boolean
  paymentMode: PaymentMode
}
export type Supply = { sources: Source[]; take: 'automatic' | 'manual' }

export type Anchor = { realm_id: bigint; path: string; level: string }

/**
 * Acts in the realm of the holder, where the owners of its licenses stand: they are above it, and never above the realm's root. The caller's scope is
 * widened only where it does not reach there.
 */
export const atOwners = <T>(
  tx: Transaction,
  reason: WidenReason,
  path: string,
  fn: (tx: Transaction) => Promise<T>,
): Promise<T> => {
  const root = path.slice(0, 2 * segmentWidth)
  return isWithin(root, tx.scope.lo) ? fn(tx) : widen(tx, reason, root, fn)
}

/** Whose settings count: of a site its end customer. */
export const anchorPath = ({ path, level }: Pick<Anchor, 'path' | 'level'>): string =>
  level === 'site' ? (parentPath(path) ?? path) : path

type Row = {
  id: string
  path: string
  level: string
  source: 'global_pool' | 'company_pool'
  take: 'automatic' | 'manual'
  mode: PaymentMode | null
}

/** As readSupply, of an end customer or partner that will stand under another seller. R-TREE-6. */
export async function readSupplyUnder(
  tx: Transaction,
  { own, seller }: Record<'own' | 'seller', Pick<Anchor, 'realm_id' | 'path'>>,
): Promise<Supply> {
  const [[anchor], [above]] = await Promise.all([
    tx.send(selectRows(own.realm_id, [own.path])),
    tx.send(selectRows(seller.realm_id, [seller.path])),
  ])
  if (anchor === undefined) return { sources: [], take: 'manual' }
  return { sources: toSources(anchor, above ?? null), take: anchor.take }
}

/** Which pools serve the holders of a tenant, and whether they take by themselves. Inside the owners' scope. R-POOL-2. */
export async function readSupply(tx: Transaction, tenant: Anchor): Promise<Supply> {
  const own = anchorPath(tenant)
  const above = parentPath(own)
  const paths = [own, above].filter((path) => path !== null)
  const [anchor, seller] = await tx.send(selectRows(tenant.realm_id, paths))
  if (anchor === undefined) return { sources: [], take: 'manual' }
  return { sources: toSources(anchor, seller ?? null), take: anchor.take }
}

const selectRows = (realmId: bigint, paths: readonly string[]) => sql<Row>`
  select t.id, t.path, t.level, coalesce(s.source, 'global_pool') as source, coalesce(s.take, 'automatic') as take, m.mode
  from tenants t
  left join pool_settings s on s.realm_id = t.realm_id and s.tenant_id = t.id
  left join payment_modes m on m.realm_id = t.realm_id and m.buyer_id = t.id
  where t.realm_id = ${realmId} and t.path = any (${[...paths]}) order by t.path desc`

function toSources(anchor: Row, seller: Row | null): Source[] {
  const own = (trialsOnly: boolean): Source => ({
    poolId: anchor.id,
    poolPath: anchor.path,
    setAsideFor: null,
    trialsOnly,
    paymentMode: anchor.mode ?? seller?.mode ?? 'monthly',
  })
  // A partner's own gateways take from its own pool; no search further up.
  if (anchor.level !== 'end_customer' || seller === null) return [own(false)]
  const sellers = (setAsideFor: string | null): Source => ({
    poolId: seller.id,
    poolPath: seller.path,
    setAsideFor,
    trialsOnly: false,
    paymentMode: seller.mode ?? 'monthly',
  })
  return anchor.source === 'global_pool' ? [own(true), sellers(null)] : [own(false), sellers(anchor.id)]
}

/** Whether a named license may be given to holders that have this supply. */
export const serves = (license: { pool_id: string; set_aside_for: string | null }, { sources }: Supply): boolean =>
  sources.some((source) => license.pool_id === source.poolId && license.set_aside_for === source.setAsideFor)
