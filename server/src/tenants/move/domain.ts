import type { Level, MoveFinding, ServiceType } from '@tenantree/contract'
import { type ProblemCode, problems } from '@tenantree/contract/problems'
import { fieldProblem, Problem } from '../../kernel/problem.ts'
import { ancestorPaths, isWithin } from '../../kernel/tree.ts'
import { decideLevel, decideServiceTypes, isPartner } from '../domain.ts'

type Facts = {
  id: string
  name: string
  path: string
  level: Level
  parent_id: string | null
  service_type: ServiceType
  provided_service_types: ServiceType[]
  state: string
}

const finding = (code: ProblemCode, detail: string = problems[code].title): MoveFinding => ({
  code,
  detail,
  refuses: true,
})

/** What the tree itself has against a move. R-TREE-1, R-TREE-4, R-TREE-6. */
export function checkPlace(tenant: Facts, parent: Facts): MoveFinding[] {
  if (isWithin(parent.path, tenant.path)) return [finding('move_under_self')]
  if (tenant.state === 'deleted' || parent.state === 'deleted')
    return [finding('state_conflict', 'What is deleted is not moved, and nothing is moved under it.')]
  if (tenant.parent_id === parent.id) return [finding('state_conflict', `${tenant.name} is there already.`)]
  const refusal =
    refusalOf(() => decideLevel(parent.level, tenant.level)) ?? refusalOf(() => decideTypes(tenant, parent))
  return refusal === null ? [] : [refusal]
}

function decideTypes(tenant: Facts, parent: Facts): void {
  decideServiceTypes(parent, {
    level: tenant.level,
    service_type: tenant.service_type,
    ...(isPartner(tenant.level) ? { provided_service_types: tenant.provided_service_types } : {}),
  })
}

function refusalOf(decide: () => unknown): MoveFinding | null {
  try {
    decide()
    return null
  } catch (error) {
    if (error instanceof Problem) return finding(error.code, error.message)
    throw error
  }
}

/** Throws the first finding that refuses. */
export function decideMove(findings: readonly MoveFinding[]): void {
  const refusing = findings.find(({ refuses }) => refuses)
  if (refusing === undefined) return
  if (problems[refusing.code].kind === 'invalid') throw fieldProblem(refusing.code, 'parent_id', refusing.detail)
  throw new Problem(refusing.code, { detail: refusing.detail })
}

/** Who stands above a tenant only now, and only after the move, as paths. */
export function computeSight(tenantPath: string, parentPath: string): { losing: string[]; gaining: string[] } {
  const now = ancestorPaths(tenantPath)
  const then = [...ancestorPaths(parentPath), parentPath]
  return { losing: now.filter((path) => !then.includes(path)), gaining: then.filter((path) => !now.includes(path)) }
}
