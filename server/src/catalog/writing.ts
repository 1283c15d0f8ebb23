import type { createOffer, updateOffer } from '@tenantree/contract'
import type * as z from 'zod'
import { fieldProblem } from '../kernel/problem.ts'
import type { Transaction } from '../platform/database.ts'
import { toNameKey } from '../tenants/index.ts'
import { decideTraits, defaultHolders, isOrdered, renameTargets } from './domain.ts'
import { listFeatures, listMachineEditions } from './reference/repository.ts'
import * as repository from './repository.ts'

type Record = repository.OfferRecord

/** What the vendor wrote, with what its unit and charge model say where it said nothing. */
export function toNewRecord(
  { trial, assignable_to, requires_terms, ...input }: z.infer<typeof createOffer>,
  made: { id: string; created_at: string },
): Record {
  return {
    ...input,
    ...made,
    product_key: toNameKey(input.product),
    edition_key: toNameKey(input.edition),
    trial_days: trial?.days ?? null,
    trial_end_policy: trial?.end_policy ?? null,
    assignable_to: assignable_to ?? defaultHolders(input.unit),
    requires_terms: requires_terms ?? isOrdered(input.charge_model),
    withdrawn_at: null,
    version: 1,
  }
}

/** Fields that were not sent stay. */
export function toChanged(offer: Record, { trial, ...change }: z.infer<typeof updateOffer>): Record {
  const sent = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
  const changed: Record = { ...offer, ...sent }
  return {
    ...changed,
    edition_key: toNameKey(changed.edition),
    ...(trial === undefined ? {} : { trial_days: trial?.days ?? null, trial_end_policy: trial?.end_policy ?? null }),
  }
}

/** Holds an offer against itself, the features, the machines and the offers that it is bought beside. Throws invalid_request. */
export async function checkTraits(tx: Transaction, offer: Record): Promise<void> {
  const [features, editions] = [await listFeatures(tx), await listMachineEditions(tx)]
  const { trial_days: days, trial_end_policy: end_policy } = offer
  decideTraits(
    { ...offer, trial: days === null || end_policy === null ? null : { days, end_policy } },
    {
      features: new Set(features.map(({ code }) => code)),
      machineEditions: new Set(editions.map(({ code }) => code)),
    },
  )
  if (offer.add_on_of.length > 0) await checkTargets(tx, offer)
}

async function checkTargets(tx: Transaction, offer: Record): Promise<void> {
  const others = (await repository.listAllOffers(tx)).filter(({ id }) => id !== offer.id)
  for (const [index, { product, edition }] of offer.add_on_of.entries()) {
    const isThere = others.some(
      (other) =>
        other.product_key === toNameKey(product) && (edition === null || other.edition_key === toNameKey(edition)),
    )
    if (!isThere) throw fieldProblem('invalid_request', `add_on_of/${index}`, 'is no other offer of the catalog')
  }
}

/** An edition that gets another name keeps its add-ons. */
export async function renameInAddOns(tx: Transaction, before: Record, after: Record): Promise<void> {
  if (before.edition === after.edition) return
  const others = (await repository.listAllOffers(tx)).filter(({ id }) => id !== before.id)
  const { product_key, edition_key } = before
  const keepsFrom = others.some((other) => other.product_key === product_key && other.edition_key === edition_key)
  for (const other of others) {
    const targets = renameTargets(other.add_on_of, { product_key, from: before.edition, to: after.edition, keepsFrom })
    if (JSON.stringify(targets) === JSON.stringify(other.add_on_of)) continue
    await repository.updateOffer(tx, { ...other, add_on_of: targets }, other.version)
  }
}
