export { type Agents, createAgents } from './agents.ts'
export { enrol as enrolDevice } from './commands.ts'
export { addEnrolmentRoutes, addWorkRoutes } from './routes.ts'
