export { createSubscriber, followSite } from './commands.ts'
export { releasedSubscribers } from './keeping.ts'
export { constraints, type SubscriberTables } from './repository.ts'
export { addSubscriberRoutes } from './routes.ts'
