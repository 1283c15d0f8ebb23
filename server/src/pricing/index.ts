export { createPrice, createPriceList, publishToNewBuyer, requirePrice, requirePricesDownTo } from './commands.ts'
export { listPriceLists } from './queries.ts'
export { constraints } from './repository.ts'
export { addPricingRoutes } from './routes.ts'
