type Amount = { amount: string; currency: string }

// Intl formats a decimal text exactly; a number would pass through a binary float. R-PRICE-3.
const decimal = (text: string) => text as Intl.StringNumericLiteral

const formats = new Map<string, Intl.NumberFormat>()

function formatOf(currency: string, kind: 'money' | 'unit_price'): Intl.NumberFormat {
  const key = `${kind} ${currency}`
  const known = formats.get(key)
  if (known) return known
  const digits = kind === 'unit_price' ? { minimumFractionDigits: 2, maximumFractionDigits: 8 } : {}
  const made = new Intl.NumberFormat('en-GB', { style: 'currency', currency, ...digits })
  formats.set(key, made)
  return made
}

/** An amount in the currency's own digits: "€1,234.50". */
export const formatMoney = (money: Amount) => formatOf(money.currency, 'money').format(decimal(money.amount))

/** A total; a draft whose currency is not known yet has none. */
export const formatTotal = (total: Amount | null) => (total === null ? '–' : formatMoney(total))

/** A unit price with all its digits, at least two: "€0.00415". */
export const formatUnitPrice = (price: Amount) => formatOf(price.currency, 'unit_price').format(decimal(price.amount))

const count = new Intl.NumberFormat('en-GB')
export const formatCount = (value: number) => count.format(value)

/** "1 device", "1,204 devices". */
export const formatNumberOf = (value: number, one: string, many = `${one}s`) =>
  `${count.format(value)} ${value === 1 ? one : many}`

/** A decimal as text, grouped: "1,204.5". */
const quantity = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 9 })
export const formatQuantity = (text: string) => quantity.format(decimal(text))
