export { createSubscriber, followSite } from './commands.ts'
export { constraints, type SubscriberTables } from './repository.ts'
export { addSubscriberRoutes } from './routes.ts'
