export { createSubscription } from './commands.ts'
export { constraints, type SubscriptionTables } from './repository.ts'
export { addSubscriptionRoutes } from './routes.ts'
