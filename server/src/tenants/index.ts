export { readShownBranding } from './branding/commands.ts'
export { decideBranding } from './branding/domain.ts'
export { addBrandingRoutes } from './branding/routes.ts'
export { createTenant, decideDirectChild, ensureVendor } from './commands.ts'
export { addCsvRoutes } from './csv/routes.ts'
export { customerIdOf, isPartner, toNameKey, toPattern } from './domain.ts'
export { createTenantHooks, type Moving, type TenantHooks } from './hooks.ts'
export { deletedTenants } from './life/keeping.ts'
export { purge } from './life/purge.ts'
export { addLifeRoutes } from './life/routes.ts'
export { strays } from './move/strays.ts'
export {
  type CompanyFields,
  constraints,
  findChildByName,
  findTenant,
  findVendor,
  getCompany,
  getTenant,
  inSubtree,
  type Owned,
  type TenantRecord,
  type TenantTables,
} from './repository.ts'
export { addTenantRoutes } from './routes.ts'
export { sumsConsumer } from './sums.ts'
export { switchMails } from './trials/commands.ts'
export { isInTrial } from './trials/domain.ts'
export { claimEnding, claimEndingCustomers, type Ending } from './trials/ending.ts'
export { trialEnds } from './trials/jobs.ts'
export { hasRefusedMails, isInState, presentState } from './trials/repository.ts'
export { addTenantTrialRoutes } from './trials/routes.ts'
