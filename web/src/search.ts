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
const toTenantState = oneOf('in_trial', 'production', 'inactive', 'deleted')
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

export type DeviceSearch = { q?: string; state?: ReturnType<typeof toDeviceState> }
export const toDeviceSearch = ({ q, state }: Raw): DeviceSearch => ({ q: toText(q), state: toDeviceState(state) })

export type MonthSearch = { month?: string }
export const toMonthSearch = ({ month }: Raw): MonthSearch => ({ month: toMonth(month) })

const matching = (pattern: RegExp) => (value: unknown) =>
  typeof value === 'string' && pattern.test(value) ? value : undefined
const toActionStart = matching(/^[a-z][a-z0-9_.]{0,99}$/)
const toId = matching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
const toDayText = matching(/^\d{4}-\d\d-\d\d$/)
const toDay = (value: unknown) => {
  const day = toDayText(value)
  return day !== undefined && !Number.isNaN(Date.parse(day)) ? day : undefined
}
const toOnly = oneOf('tenant')

/** Days are whole, `to` is the last of them; `only` leaves out what is below the tenant. */
export type AuditSearch = {
  action?: string
  object_kind?: string
  object_id?: string
  actor_id?: string
  from?: string
  to?: string
  only?: ReturnType<typeof toOnly>
}
export const toAuditSearch = (raw: Raw): AuditSearch => ({
  action: toActionStart(raw.action),
  object_kind: toActionStart(raw.object_kind),
  object_id: toId(raw.object_id),
  actor_id: toId(raw.actor_id),
  from: toDay(raw.from),
  to: toDay(raw.to),
  only: toOnly(raw.only),
})

const toMailState = oneOf('queued', 'sent', 'failed')
export type MailSearch = { state?: ReturnType<typeof toMailState> }
export const toMailSearch = ({ state }: Raw): MailSearch => ({ state: toMailState(state) })

const toLicenseKind = oneOf('commercial', 'trial')
const toValidity = oneOf('valid', 'expired')
const toUse = oneOf('used', 'unused')
const toYesNo = oneOf('true', 'false')
const toLicenseSort = oneOf('valid_until', '-valid_until')
/** The filters of the license grid combine, but for use with trials, which the server refuses. R-LIC-6. */
export type LicenseSearch = {
  q?: string
  kind?: ReturnType<typeof toLicenseKind>
  validity?: ReturnType<typeof toValidity>
  use?: ReturnType<typeof toUse>
  auto_renew?: ReturnType<typeof toYesNo>
  sort?: ReturnType<typeof toLicenseSort>
}
export const toLicenseSearch = (raw: Raw): LicenseSearch => {
  const kind = toLicenseKind(raw.kind)
  return {
    q: toText(raw.q),
    kind,
    validity: toValidity(raw.validity),
    use: kind === 'trial' ? undefined : toUse(raw.use),
    auto_renew: toYesNo(typeof raw.auto_renew === 'boolean' ? String(raw.auto_renew) : raw.auto_renew),
    sort: toLicenseSort(raw.sort),
  }
}

const toHolderKind = oneOf('subscriber', 'gateway', 'domain')
export type HolderSearch = { kind?: ReturnType<typeof toHolderKind>; q?: string }
export const toHolderSearch = ({ kind, q }: Raw): HolderSearch => ({ kind: toHolderKind(kind), q: toText(q) })

const toOrderState = (value: unknown) =>
  (['placed', 'accepted', 'payment_failed', 'withdrawn'] as const).find((known) => known === value)
export type OrderSearch = { direction?: 'bought' | 'sold'; state?: ReturnType<typeof toOrderState> }
export const toOrderSearch = ({ direction, state }: Raw): OrderSearch => ({
  direction: (['bought', 'sold'] as const).find((known) => known === direction),
  state: toOrderState(state),
})

const toTrialKind = oneOf('customer', 'subscription', 'device', 'license')
const toTrialDays = (value: unknown) => [1, 7, 30].find((days) => String(days) === String(value))
export type TrialSearch = { kind?: ReturnType<typeof toTrialKind>; within_days?: number }
export const toTrialSearch = ({ kind, within_days }: Raw): TrialSearch => ({
  kind: toTrialKind(kind),
  within_days: toTrialDays(within_days),
})

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
