export { readShownBranding } from './branding/commands.ts'
export { decideBranding } from './branding/domain.ts'
export { addBrandingRoutes } from './branding/routes.ts'
export { createTenant, decideDirectChild, ensureVendor } from './commands.ts'
export { addCsvRoutes } from './csv/routes.ts'
export { toNameKey } from './domain.ts'
export { createTenantHooks, type TenantHooks } from './hooks.ts'
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
  type Owned,
  type TenantRecord,
  type TenantTables,
} from './repository.ts'
export { addTenantRoutes } from './routes.ts'
export { sumsConsumer } from './sums.ts'
export { trialEnds } from './trials.ts'
