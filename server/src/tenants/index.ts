export { createTenant, decideDirectChild, ensureVendor } from './commands.ts'
export { toNameKey } from './domain.ts'
export { createTenantHooks, type TenantHooks } from './hooks.ts'
export {
  type CompanyFields,
  constraints,
  findChildByName,
  findTenant,
  findVendor,
  getTenant,
  type Owned,
  type TenantRecord,
  type TenantTables,
} from './repository.ts'
export { addTenantRoutes } from './routes.ts'
export { sumsConsumer } from './sums.ts'
