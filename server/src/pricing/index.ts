export {
  checkPricesUnder,
  createPrice,
  createPriceList,
  publishToNewBuyer,
  requirePrice,
  requirePricesDownTo,
} from './commands.ts'
export { listPriceLists, listPrices } from './queries.ts'
export { constraints } from './repository.ts'
export { addPricingRoutes } from './routes.ts'
