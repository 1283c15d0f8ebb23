export { invoices } from './keeping.ts'
export { getInvoice, listAllEvidence } from './queries.ts'
export { addBillingRoutes } from './routes.ts'
export { billingJob, monthlyBilling, runMonth } from './run.ts'
