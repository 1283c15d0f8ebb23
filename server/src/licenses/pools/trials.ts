import type { requestedTrials, requestTrials as requestSchema } from '@tenantree/contract'
import { sql } from 'kysely'
import type * as z from 'zod'
import * as catalog from '../../catalog/index.ts'
import type { CallContext } from '../../kernel/context.ts'
import { fieldProblem, Problem } from '../../kernel/problem.ts'
import { dayOf, toInstant, toInstantText } from '../../kernel/time.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import * as tenants from '../../tenants/index.ts'
import { trialAgainFrom, trialPauseDays } from '../domain.ts'
import { readLicenses } from '../grid/queries.ts'
import { createLicenses } from '../life/create.ts'

/**
 * Trial licenses of a type for a tenant's own pool, which it owns: five at most, and not again in 180 days. Each runs from its first assignment.
 * R-LIC-9. Throws not_found, parent_level_invalid, offer_not_offered, offer_withdrawn, trial_already_had, state_conflict.
 */
export const requestTrials = (
  db: Database,
  call: CallContext,
  input: z.infer<typeof requestSchema>,
): Promise<z.infer<typeof requestedTrials>> =>
  db.transaction(call, async (tx) => {
    const tenant = await tenants.getTenant(tx, call.scope, input.tenant_id)
    const offer = await catalog.getOfferOf(tx, call.scope.lo, call.scope.reach === 'vendor', input.offer_id)
    await decideRequest(tx, tenant, offer)
    await lockRequests(tx, tenant)
    await refuseAgain(tx, call, tenant, offer)
    const ids = await createLicenses(tx, call, {
      owner: tenant,
      pool: tenant,
      orderId: null,
      lines: [
        {
          orderLineId: null,
          offer,
          term: null,
          quantity: input.quantity,
          startsOn: dayOf(call.now).toString(),
          endsOn: null,
          committedTo: null,
          autoRenew: false,
          isTrial: true,
        },
      ],
    })
    await insertRequest(tx, call, { tenant, offerId: offer.id, quantity: input.quantity })
    return {
      tenant_id: tenant.id,
      offer: catalog.toOfferRef(offer),
      licenses: await readLicenses(tx, call, ids),
      again_from: trialAgainFrom(call.now).toString(),
    }
  })

async function decideRequest(tx: Transaction, tenant: tenants.TenantRecord, offer: catalog.OfferRecord): Promise<void> {
  if (tenant.level === 'vendor' || tenant.level === 'site')
    throw fieldProblem('parent_level_invalid', 'tenant_id', 'Partners and end customers have pools.')
  if (tenant.state === 'deleted') throw new Problem('state_conflict', { params: { state: tenant.state } })
  const isLicensed = offer.charge_model === 'committed' || offer.charge_model === 'prepaid'
  if (!isLicensed || catalog.isAddOn(offer) || (await catalog.findEnabled(tx, tenant.path, offer.id)) === null)
    throw fieldProblem('offer_not_offered', 'offer_id')
  catalog.decideOnSale(offer)
}

/** Of two that ask at once the second sees what the first has got. */
const lockRequests = (tx: Transaction, tenant: tenants.TenantRecord) =>
  sql`select 1 from tenants where realm_id = ${tenant.realm_id} and id = ${tenant.id} for no key update`.execute(
    tx.tables(),
  )

async function refuseAgain(
  tx: Transaction,
  call: CallContext,
  tenant: tenants.TenantRecord,
  offer: catalog.OfferRecord,
): Promise<void> {
  const since = toInstantText(call.now.subtract({ hours: 24 * (trialPauseDays + 1) }))
  const { rows } = await sql<{ requested_at: string }>`
    select requested_at from trial_requests where realm_id = ${tenant.realm_id} and tenant_id = ${tenant.id} and offer_id = ${offer.id}
      and requested_at > ${since} order by requested_at desc limit 1`.execute(tx.tables())
  const [latest] = rows
  if (latest === undefined) return
  const againFrom = trialAgainFrom(toInstant(latest.requested_at)).toString()
  if (dayOf(call.now).toString() < againFrom)
    throw new Problem('trial_already_had', {
      detail: `They can be asked for again from ${againFrom}.`,
      params: { again_from: againFrom },
    })
}

async function insertRequest(
  tx: Transaction,
  call: CallContext,
  { tenant, offerId, quantity }: { tenant: tenants.TenantRecord; offerId: string; quantity: number },
): Promise<void> {
  await sql`
    insert into trial_requests (realm_id, id, path, tenant_id, offer_id, quantity, requested_at)
    values (${tenant.realm_id}, ${newId()}, ${tenant.path}, ${tenant.id}, ${offerId}, ${quantity}, ${toInstantText(call.now)})`.execute(
    tx.tables(),
  )
}
