export {
  checkPricesUnder,
  createPrice,
  createPriceList,
  createPrices,
  publishToNewBuyer,
  requirePrice,
  requirePricesDownTo,
} from './commands.ts'
export { afterUse, type PriceKey } from './domain.ts'
export { type AskedInMonth, findCurrencyOf, findRateOn, listAskedInMonth } from './of-month.ts'
export { listPriceLists, listPrices } from './queries.ts'
export {
  type Added,
  type Asking,
  explainRating,
  type RatedPart,
  type Rating,
  ratePrice,
  ratePrices,
  roundToMoney,
  type Share,
  type SharedRating,
  type Use,
  unitPriceOf,
} from './rating.ts'
export {
  type AskedKey,
  type AskedRate,
  constraints,
  findAskedPrice,
  type RateColumns,
  toRate,
} from './repository.ts'
export { addPricingRoutes } from './routes.ts'
