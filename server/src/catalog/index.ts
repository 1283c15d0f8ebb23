export {
  type CatalogHooks,
  checkOffersUnder,
  createCatalogHooks,
  createOffer,
  disableOffer,
  enableOffer,
  requireFeature,
  updateOffer,
  withdrawOffer,
} from './commands.ts'
export {
  decideAddOn,
  decideMachine,
  decideOnSale,
  decideSubscribable,
  decideTerm,
  hasPeriod,
  isAddOn,
  isOrdered,
  type Machine,
  type MachineDecision,
  type MachineEdition,
  pairingOf,
  sessionLimitOf,
  toMachineOs,
} from './domain.ts'
export { listOffers, type Offer, type OfferRef, offerJson, toOffer, toOfferRef } from './queries.ts'
export { createTermsVersion, putFeature, putMachineEdition, requireMachine } from './reference/commands.ts'
export { listTermsVersions } from './reference/queries.ts'
export { findTermsVersion, listMachineEditions } from './reference/repository.ts'
export {
  type CatalogTables,
  constraints,
  findEnabled,
  findOffer,
  getOfferOf,
  lockEnabled,
  type OfferRecord,
} from './repository.ts'
export { addCatalogRoutes } from './routes.ts'
