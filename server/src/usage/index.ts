export { toMonthStart, walkUsage } from './queries.ts'
export { liveUnits } from './repository.ts'
export { addUsageRoutes } from './routes.ts'
