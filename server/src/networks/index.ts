export { createDomain, createGateway, followSite } from './commands.ts'
export { createHolderHooks, type HolderHooks, type Leaving } from './hooks.ts'
export { constraints, type NetworkTables } from './repository.ts'
export { addNetworkRoutes } from './routes.ts'
