export { type DemoOptions, loadDemo } from './load.ts'
export { addDemoRoutes } from './routes.ts'
