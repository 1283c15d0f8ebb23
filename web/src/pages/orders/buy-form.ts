import type { CreateOrder, Offer, TenantRef } from '../../api/types.ts'

export type BuyLine = { key: number; offerId: string; term: string; quantity: number | string }
export type BuyForm = {
  buyerId: string
  companyId: string | null
  lines: BuyLine[]
  mode: 'monthly' | 'annual'
  method: 'invoice' | 'card'
}

const most = 100_000

/** Null while something is missing or no whole number from 1 to 100,000. */
export function toOrder(form: BuyForm): CreateOrder | null {
  const lines = form.lines.map(({ offerId, term, quantity }) => ({
    offer_id: offerId,
    term,
    quantity: Number(quantity),
  }))
  const isWhole = lines.every(({ quantity }) => Number.isInteger(quantity) && quantity >= 1 && quantity <= most)
  if (lines.length === 0 || !isWhole || lines.some(({ offer_id, term }) => !offer_id || !term)) return null
  return {
    buyer_id: form.buyerId,
    company_id: form.companyId,
    lines,
    payment_mode: form.mode,
    payment_method: form.method,
  }
}

export const quantityError = (quantity: number | string): string | null =>
  quantity === '' || (Number.isInteger(Number(quantity)) && Number(quantity) >= 1 && Number(quantity) <= most)
    ? null
    : 'A whole number from 1 to 100,000'

const isSame = (one: string, other: string) => one.toLowerCase() === other.toLowerCase()

export const isAddOn = ({ add_on_of }: Pick<Offer, 'add_on_of'>) => add_on_of.length > 0

/** Add-ons that may be bought beside one of the offers. */
export const addOnsOf = (offers: readonly Offer[], chosen: readonly Offer[]): Offer[] =>
  offers.filter(({ add_on_of }) =>
    add_on_of.some((target) =>
      chosen.some(
        ({ product, edition }) =>
          isSame(target.product, product) && (target.edition === null || isSame(target.edition, edition)),
      ),
    ),
  )

let counter = 0
export function newLine(offer: Offer | undefined, quantity = 1, term?: string): BuyLine {
  counter += 1
  const fitting = offer?.terms.find(({ code }) => code === term) ?? offer?.terms[0]
  return { key: counter, offerId: offer?.id ?? '', term: fitting?.code ?? '', quantity }
}

/** Who may be the buyer where a tenant is looked at: it itself, or the user's own tenant, for its pool. R-POOL-1. */
export function buyersFor(tenant: TenantRef, own: TenantRef): TenantRef[] {
  const isBelow = tenant.id !== own.id
  return isBelow && own.level !== 'vendor' ? [own, tenant] : [tenant]
}
