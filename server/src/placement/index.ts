export { decideCountry, decideLocation } from './domain.ts'
export { listLocations } from './queries.ts'
export { addPlacementRoutes } from './routes.ts'
