export { commonDays, countDays, type Division, fromCommonDays, toDivision, toPart } from './domain.ts'
export { customerJson, sumCommonDays, toMonthStart, walkUsage } from './queries.ts'
export {
  type Edge,
  isUnrated,
  liveParts,
  liveUnits,
  type ReportedUnit,
  readSubject,
  type Subject,
  unitsOnEdge,
  within,
} from './repository.ts'
export { addUsageRoutes } from './routes.ts'
