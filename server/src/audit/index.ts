export { type AuditEntry, append } from './commands.ts'
export { openOutsideCheckpoints } from './outside.ts'
export { addAuditRoutes } from './routes.ts'
export { sealer } from './sealer.ts'
