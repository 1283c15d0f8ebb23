import { createHash } from 'node:crypto'
import type { Branding, BrandingInput, Level } from '@tenantree/contract'
import * as audit from '../../audit/index.ts'
import type { CallContext } from '../../kernel/context.ts'
import { Problem } from '../../kernel/problem.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { getTenant } from '../repository.ts'
import { brandPaths, decideBrandable, decideBranding, neutralColor } from './domain.ts'
import { type BrandRecord, getBrand, listBrands, saveBrand } from './repository.ts'

const toBranding = (brand: BrandRecord): Branding => ({
  is_set: brand.is_set,
  name: brand.brand_name ?? brand.name,
  color: brand.color,
  logo: brand.logo,
  sender_name: brand.sender_name,
  version: brand.version,
})

/** Throws not_found, branding_for_partners. */
export const getBranding = (db: Database, call: CallContext, id: string): Promise<Branding> =>
  db.transaction(call, async (tx) => {
    const tenant = await getTenant(tx, call.scope, id)
    decideBrandable(tenant.level)
    return toBranding(await getBrand(tx, tenant))
  })

/**
 * Sets how a partner shows itself to its buyers. R-TREE-9. Throws not_found, branding_for_partners, stale_version, color_contrast_low,
 * logo_refused.
 */
export const setBranding = (
  db: Database,
  call: CallContext,
  { id, version, input }: { id: string; version: number; input: BrandingInput },
): Promise<Branding> =>
  db.transaction(call, async (tx) => {
    const tenant = await getTenant(tx, call.scope, id)
    decideBrandable(tenant.level)
    const { name, color, logo, sender_name } = decideBranding(input)
    const before = await getBrand(tx, tenant)
    if (before.version !== version) throw new Problem('stale_version', { params: { version: before.version } })

    const after = { is_set: true, brand_name: name, color, logo, sender_name }
    if (!(await saveBrand(tx, before, after))) throw new Problem('stale_version')
    await audit.append(tx, call, {
      action: 'branding.updated',
      realmId: tenant.realm_id,
      path: tenant.path,
      object: { kind: 'tenant', id: tenant.id },
      before: before.is_set ? toFacts(before) : null,
      after: toFacts(after),
    })
    return toBranding({ ...before, ...after, version: before.version + 1 })
  })

/** A logo is too long for the log: it is named by its hash. */
const toFacts = ({
  brand_name,
  color,
  logo,
  sender_name,
}: Pick<BrandRecord, 'brand_name' | 'color' | 'logo' | 'sender_name'>) => ({
  name: brand_name,
  color,
  sender_name,
  logo: logo === null ? null : `sha256:${createHash('sha256').update(logo).digest('hex')}`,
})

/**
 * The branding that a tenant and its users see: its own, else its seller's. Where neither is set `is_set` is false, and only the
 * seller's name is in it, which a buyer may know. R-TREE-9.
 */
export async function readShownBranding(tx: Transaction, tenant: { path: string; level: Level }): Promise<Branding> {
  const brands = await listBrands(tx, brandPaths(tenant))
  const shown = brands.find((brand) => brand.is_set) ?? brands.at(-1)
  return shown === undefined
    ? { is_set: false, name: 'Tenantree', color: neutralColor, logo: null, sender_name: null, version: 0 }
    : toBranding(shown)
}
