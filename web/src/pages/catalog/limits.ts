import type { Offer } from '../../api/types.ts'
import { formatCount } from '../../format/money.ts'

/** What holds where an offer per user says nothing. */
export const defaultLimits = { session_limit: 3, business_devices: 1, personal_devices: 2 }

const perUser = (offer: Offer, key: keyof typeof defaultLimits): number | null =>
  offer.unit === 'user' ? (offer.limits[key] ?? defaultLimits[key]) : null
const textOf = (value: number | undefined, unit: string): string | null =>
  value === undefined ? null : `${formatCount(value)} ${unit}`

export const limitRows: readonly { name: string; show: (offer: Offer) => string | null }[] = [
  { name: 'Sessions at a time', show: (offer) => perUser(offer, 'session_limit')?.toString() ?? null },
  {
    name: 'Devices covered',
    show: (offer) => {
      const [business, personal] = [perUser(offer, 'business_devices'), perUser(offer, 'personal_devices')]
      return business === null ? null : `${business} business, ${personal} personal`
    },
  },
  { name: 'Storage included', show: ({ limits }) => textOf(limits.storage_gb, 'GB') },
  { name: 'Data kept for', show: ({ limits }) => textOf(limits.retention_days, 'days') },
]
