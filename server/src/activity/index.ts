export { createIngest, type Ingest } from './ingest.ts'
export { monthKeeper } from './months.ts'
export { createPresence, type Presence } from './presence.ts'
