export { type CatalogHooks, checkOffersUnder, createCatalogHooks, createOffer, enableOffer } from './commands.ts'
export { listOffers, type Offer, offerJson, toOffer } from './queries.ts'
export { type CatalogTables, constraints, findEnabled, findOffer, getOfferOf, type OfferRecord } from './repository.ts'
export { addCatalogRoutes } from './routes.ts'
