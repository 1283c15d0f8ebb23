export { type AuditEntry, append } from './commands.ts'
export { sealer } from './sealer.ts'
