export { createIngest, type Ingest, type ReportedSignal } from './ingest.ts'
export { signals } from './keeping.ts'
export { monthKeeper } from './months.ts'
export { createPresence, type Presence } from './presence.ts'
