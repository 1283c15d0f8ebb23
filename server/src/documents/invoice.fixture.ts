import type { Invoice, InvoiceLine, Party } from '@tenantree/contract'

const services = ['Server', 'Desktop', 'Microsoft 365', 'Core', 'Core+', 'User']
const customers = ['Northwind Dental', 'Kestrel Logistics', 'Blue Harbor Legal', 'Alder Foods', 'Summit Architects']

const toId = (number: number) => `00000000-0000-7000-8000-${number.toString().padStart(12, '0')}`

const seller: Party = {
  tenant_id: toId(1),
  name: 'Contoso Distribution',
  legal_name: 'Contoso Distribution GmbH',
  vat_number: 'DE123456789',
  street: 'Hafenstraße 12',
  postal_code: '20457',
  city: 'Hamburg',
  country: 'DE',
}
const buyer: Party = {
  tenant_id: toId(2),
  name: 'Northwind Digital',
  legal_name: 'Northwind Digital ApS',
  vat_number: 'DK12345678',
  street: 'Østergade 5',
  postal_code: '1100',
  city: 'København K',
  country: 'DK',
}

/** The line at a position, counted from 1: position x EUR 8.50. */
export function sampleLine(position: number): InvoiceLine {
  const group = Math.floor((position - 1) / services.length)
  return {
    id: toId(1000 + position),
    position,
    kind: 'use',
    customer_id: toId(100 + group),
    customer_name: `${customers[group % customers.length]}${group < customers.length ? '' : ` ${group}`}`,
    product: 'Backup',
    edition: services[(position - 1) % services.length] ?? '',
    charge_model: 'active_use',
    term: null,
    from: '2026-10-01',
    to: '2026-10-31',
    quantity: `${position}`,
    division: null,
    unit: 'device',
    unit_price: '8.5',
    pricing: null,
    basis: null,
    amount: toCents(position * 850),
    evidence: { units: position, days: position * 20 },
  }
}

const toCents = (cents: number) => `${Math.floor(cents / 100)}.${(cents % 100).toString().padStart(2, '0')}`

/** An issued invoice with that many lines, whose sums fit them. */
export function sampleInvoice(lines: number, changes: Partial<Invoice> = {}): Invoice {
  const total = { amount: toCents((850 * lines * (lines + 1)) / 2), currency: 'EUR' }
  return {
    id: toId(3),
    number: 'INV-2026-00423',
    month: '2026-10',
    state: 'issued',
    direction: 'issued',
    seller_id: seller.tenant_id,
    seller_name: seller.name,
    buyer_id: buyer.tenant_id,
    buyer_name: buyer.name,
    total,
    subtotal: total,
    issued_on: '2026-11-01',
    due_on: '2026-12-01',
    draft_reason: null,
    seller,
    buyer,
    currency: 'EUR',
    lines: Array.from({ length: lines }, (_, index) => sampleLine(index + 1)),
    payments: [],
    due: total,
    tax_note: 'No tax is charged on this invoice.',
    issued_at: '2026-11-01T01:00:12Z',
    ...changes,
  }
}
