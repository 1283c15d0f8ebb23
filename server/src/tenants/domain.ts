import type { CreateTenant, Level, ServiceType } from '@tenantree/contract'
import { fieldProblem, Problem } from '../kernel/problem.ts'
import { dayOf, type Instant, startOfDay, toInstantText } from '../kernel/time.ts'

const parentsOf: Record<Level, readonly Level[]> = {
  vendor: [],
  distributor: ['vendor'],
  sub_distributor: ['distributor'],
  reseller: ['vendor', 'distributor', 'sub_distributor'],
  end_customer: ['reseller'],
  site: ['end_customer'],
}
const partners: readonly Level[] = ['distributor', 'sub_distributor', 'reseller']

export const isPartner = (level: Level): boolean => partners.includes(level)

/** The facts of a parent that decide about its children. */
export type Parent = { level: Level; service_type: ServiceType; provided_service_types: readonly ServiceType[] }

/** Throws parent_level_invalid. R-TREE-1, R-TREE-2. */
export function decideLevel(parent: Level, level: Level): Level {
  if (!parentsOf[level].includes(parent)) throw fieldProblem('parent_level_invalid', 'level')
  return level
}

export type ServiceTypes = { own: ServiceType; provided: ServiceType[] }

/**
 * Decides a tenant's own type and what it provides to those below. R-TREE-4: only what the parent provides; a site inherits.
 * Throws service_type_not_offered, provided_types_for_partners, invalid_request.
 */
export function decideServiceTypes(
  parent: Parent,
  input: Pick<CreateTenant, 'level' | 'service_type' | 'provided_service_types'>,
): ServiceTypes {
  const offered = input.level === 'site' ? [parent.service_type] : parent.provided_service_types
  const own = input.level === 'site' ? (input.service_type ?? parent.service_type) : input.service_type
  if (own === undefined) throw fieldProblem('invalid_request', 'service_type', 'is required')
  if (!offered.includes(own)) throw fieldProblem('service_type_not_offered', 'service_type')
  return { own, provided: decideProvided(input, offered) }
}

function decideProvided(
  input: Pick<CreateTenant, 'level' | 'provided_service_types'>,
  offered: readonly ServiceType[],
): ServiceType[] {
  const sent = input.provided_service_types
  if (!isPartner(input.level)) {
    if (sent !== undefined && sent.length > 0)
      throw fieldProblem('provided_types_for_partners', 'provided_service_types')
    return []
  }
  const provided = [...new Set(sent ?? offered)]
  if (provided.length === 0) throw fieldProblem('invalid_request', 'provided_service_types', 'needs at least one')
  if (!provided.every((type) => offered.includes(type)))
    throw fieldProblem('service_type_not_offered', 'provided_service_types')
  return provided
}

export type Trial = { state: 'in_trial' | 'production'; trialEndsAt: string | null }

const trialDays = 30

/** Only an end customer can be in trial: 30 days after the day it is made. R-TREE-3, R-TRIAL-1. Throws trial_for_end_customers. */
export function decideTrial(level: Level, inTrial: boolean, now: Instant): Trial {
  if (!inTrial) return { state: 'production', trialEndsAt: null }
  if (level !== 'end_customer') throw fieldProblem('trial_for_end_customers', 'in_trial')
  return { state: 'in_trial', trialEndsAt: toInstantText(startOfDay(dayOf(now).add({ days: trialDays + 1 }))) }
}

/** Names are compared without letter case. R-TREE-5. */
export const toNameKey = (name: string): string => name.normalize('NFKC').toLowerCase()

/** What was deleted can only be restored. Throws state_conflict. */
export function refuseDeleted(tenant: { state: string }): void {
  if (tenant.state === 'deleted') throw new Problem('state_conflict', { params: { state: tenant.state } })
}

/** The end customer that a tenant is or is a site of; null for partners. */
export const customerIdOf = (tenant: { id: string; level: Level; parent_id: string | null }): string | null =>
  tenant.level === 'end_customer' ? tenant.id : tenant.level === 'site' ? tenant.parent_id : null

/** A pattern of `like` for whatever holds the text, letter case aside. */
export const toPattern = (text: string): string => `%${toNameKey(text).replaceAll(/[\\%_]/g, '\\$&')}%`
