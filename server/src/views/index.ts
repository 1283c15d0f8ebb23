export { expiry } from './commands.ts'
export { constraints } from './repository.ts'
export { addViewRoutes } from './routes.ts'
