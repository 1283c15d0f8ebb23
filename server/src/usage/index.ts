export { commonDays, countDays, type Division, fromCommonDays, toDivision, toPart } from './domain.ts'
export { sumCommonDays, toMonthStart, walkUsage } from './queries.ts'
export { liveParts, liveUnits, type ReportedUnit, readSubject, unitsOnEdge } from './repository.ts'
export { addUsageRoutes } from './routes.ts'
