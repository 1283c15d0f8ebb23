import { isMonth } from './format/month.ts'

/** What may stand behind the question mark of a page. Anything else is dropped, never an error. */
type Raw = Record<string, unknown>

const oneOf =
  <const Value extends string>(...values: Value[]) =>
  (value: unknown): Value | undefined =>
    values.find((known) => known === value)

// The router reads digits as a number; a name may well be "365".
export const toText = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) || undefined : undefined

const toMonth = (value: unknown) => (isMonth(value) ? value : undefined)
const toLevel = oneOf('distributor', 'sub_distributor', 'reseller', 'end_customer', 'site')
const toTenantState = oneOf('in_trial', 'production', 'inactive')
const toSort = oneOf('name', '-created_at')
const toDeviceState = oneOf('pending', 'active', 'offline', 'deactivated', 'uninstalled', 'deleted')
const toDirection = oneOf('issued', 'received')
const toInvoiceState = oneOf('draft', 'issued', 'paid', 'overdue', 'void')

export type TenantSearch = {
  q?: string
  level?: ReturnType<typeof toLevel>
  state?: ReturnType<typeof toTenantState>
  sort?: ReturnType<typeof toSort>
}
export const toTenantSearch = ({ q, level, state, sort }: Raw): TenantSearch => ({
  q: toText(q),
  level: toLevel(level),
  state: toTenantState(state),
  sort: toSort(sort),
})

export type DeviceSearch = { state?: ReturnType<typeof toDeviceState> }
export const toDeviceSearch = ({ state }: Raw): DeviceSearch => ({ state: toDeviceState(state) })

export type MonthSearch = { month?: string }
export const toMonthSearch = ({ month }: Raw): MonthSearch => ({ month: toMonth(month) })

export type InvoiceSearch = {
  month?: string
  direction?: ReturnType<typeof toDirection>
  state?: ReturnType<typeof toInvoiceState>
}
export const toInvoiceSearch = ({ month, direction, state }: Raw): InvoiceSearch => ({
  month: toMonth(month),
  direction: toDirection(direction),
  state: toInvoiceState(state),
})
