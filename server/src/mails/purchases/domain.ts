import type { Letter } from '../domain.ts'

type Amount = { amount: string; currency: string }

/** What the mails about orders and licenses need to be written. */
export type PurchaseMailData = {
  purchase_receipt: {
    user_name: string
    tenant_name: string
    ordered_on: string
    payment_method: 'invoice' | 'card'
    lines: readonly { name: string; quantity: number; from: string; to: string; amount: Amount }[]
    /** What the order changes beside its lines. */
    additions: readonly { name: string; reason: 'package' | 'minimum' | 'others'; amount: Amount }[]
    total: Amount
  }
  license_expiring: { user_name: string; tenant_name: string; offer: string; quantity: number; ends_on: string }
  license_renewed: { user_name: string; tenant_name: string; offer: string; quantity: number; ends_on: string }
  renewal_failed: {
    user_name: string
    tenant_name: string
    offer: string
    quantity: number
    ends_on: string
    failure: string
    /** When the card is charged again; null: that was the last attempt. */
    next_attempt_on: string | null
  }
}

const write = (letter: Omit<Letter, 'action' | 'note' | 'heading'> & { note?: string }): Letter => ({
  subject: letter.subject,
  heading: letter.subject,
  paragraphs: letter.paragraphs,
  action: null,
  note: letter.note ?? null,
})

const months = 'January February March April May June July August September October November December'.split(' ')

/** `2027-01-05` is `5 January 2027`. */
const toDate = (day: string): string =>
  `${Number(day.slice(8))} ${months[Number(day.slice(5, 7)) - 1]} ${day.slice(0, 4)}`
const toText = ({ amount, currency }: Amount): string => `${currency} ${amount}`
const additionNames = {
  package: 'to whole packages',
  minimum: 'to the minimum of the month',
  others: "what becomes of the month's earlier orders",
}
const count = (quantity: number, offer: string): string =>
  `${quantity} ${quantity === 1 ? 'license' : 'licenses'} of ${offer}`

type Template<Data> = { title: string; description: string; sample: Data; write(data: Data): Letter }

const sample = { user_name: 'Alex Sample', tenant_name: 'Sample Company', offer: 'Backup Server' }

export const purchaseTemplates: { readonly [Name in keyof PurchaseMailData]: Template<PurchaseMailData[Name]> } = {
  purchase_receipt: {
    title: 'Purchase receipt',
    description: 'To the contact of the buyer, or who may purchase there, when an order is accepted',
    sample: {
      user_name: 'Alex Sample',
      tenant_name: 'Sample Company',
      ordered_on: '2027-01-05',
      payment_method: 'invoice',
      lines: [
        {
          name: 'Backup Server',
          quantity: 5,
          from: '2027-01-05',
          to: '2027-01-31',
          amount: { amount: '104.52', currency: 'EUR' },
        },
      ],
      additions: [],
      total: { amount: '104.52', currency: 'EUR' },
    },
    write: ({ user_name, tenant_name, ordered_on, payment_method, lines, additions, total }) =>
      write({
        subject: `Your order for ${tenant_name}`,
        paragraphs: [
          `Hello ${user_name},`,
          `Your order of ${toDate(ordered_on)} for ${tenant_name} is accepted.`,
          ...lines.map(
            ({ name, quantity, from, to, amount }) =>
              `${quantity} x ${name}, ${toDate(from)} to ${toDate(to)}: ${toText(amount)}`,
          ),
          ...additions.map(({ name, reason, amount }) => `${name}, ${additionNames[reason]}: ${toText(amount)}`),
          `Total of the first period: ${toText(total)}, net.`,
          payment_method === 'card' ? 'Your card was charged.' : 'It will stand on your next invoice.',
        ],
        note: 'The order can be withdrawn whole within seven days.',
      }),
  },
  license_expiring: {
    title: 'Licenses expiring',
    description: 'To the buyer, 7 days before licenses end that do not renew',
    sample: { ...sample, quantity: 3, ends_on: '2027-01-31' },
    write: ({ user_name, tenant_name, offer, quantity, ends_on }) =>
      write({
        subject: `Licenses of ${tenant_name} end on ${toDate(ends_on)}`,
        paragraphs: [
          `Hello ${user_name},`,
          `${count(quantity, offer)} of ${tenant_name} ${quantity === 1 ? 'is' : 'are'} valid until the end of ${toDate(ends_on)} (UTC).`,
          'Auto-renew is off. Switch it on before that day to keep them.',
        ],
      }),
  },
  license_renewed: {
    title: 'Licenses renewed',
    description: 'To the buyer when licenses have been renewed for another term',
    sample: { ...sample, quantity: 3, ends_on: '2028-01-31' },
    write: ({ user_name, tenant_name, offer, quantity, ends_on }) =>
      write({
        subject: `Licenses of ${tenant_name} are renewed`,
        paragraphs: [
          `Hello ${user_name},`,
          `${count(quantity, offer)} of ${tenant_name} ${quantity === 1 ? 'is' : 'are'} renewed and valid until ${toDate(ends_on)}.`,
        ],
      }),
  },
  renewal_failed: {
    title: 'Renewal failed',
    description: 'To the buyer when the card could not be charged for a renewal',
    sample: {
      ...sample,
      quantity: 3,
      ends_on: '2027-01-31',
      failure: 'Your card was declined.',
      next_attempt_on: '2027-01-31',
    },
    write: ({ user_name, tenant_name, offer, quantity, ends_on, failure, next_attempt_on }) =>
      write({
        subject: `Licenses of ${tenant_name} could not be renewed`,
        paragraphs: [
          `Hello ${user_name},`,
          `${count(quantity, offer)} of ${tenant_name}, valid until the end of ${toDate(ends_on)} (UTC), could not be renewed: the charge of your card failed.`,
          failure,
          next_attempt_on === null
            ? 'That was the last attempt: the licenses have expired. Where the pool has free licenses of that type and exchanges expired ones, their holders have taken those.'
            : `Your card will be charged again on ${toDate(next_attempt_on)}.`,
        ],
      }),
  },
}
