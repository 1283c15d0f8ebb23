export {
  type Agent,
  type AgentOptions,
  createAgent,
  type EnrollOptions,
  enroll,
  type RunOptions,
} from './agent.ts'
export { type Clock, systemClock } from './clock.ts'
export { AgentError, type AgentErrorCode } from './errors.ts'
export type { AgentEvent } from './loop.ts'
export { type ReadMachineOptions, readMachine } from './machine.ts'
export { type Peaks, readPeaksFile } from './peaks.ts'
export { agentVersion } from './version.ts'
export type { Enrolled, HeartbeatAnswer, Machine } from './wire.ts'
