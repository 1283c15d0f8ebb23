export { createIngest, type Ingest } from './ingest.ts'
export { signals } from './keeping.ts'
export { monthKeeper } from './months.ts'
export { createPresence, type Presence } from './presence.ts'
