import type { DeviceTrial, Offer, Trial } from '../../api/types.ts'

export const kindNames: Record<Trial['kind'], string> = {
  customer: 'Customer',
  subscription: 'Subscription',
  device: 'Device',
  license: 'License',
}

const dayMs = 86_400_000

/** "in 3 days", "tomorrow", "today": an end is always the beginning of a UTC day. */
export function describeDaysLeft(endsAt: string, now: string): string {
  const days = Math.floor(Date.parse(endsAt) / dayMs) - Math.floor(Date.parse(now) / dayMs)
  if (days <= 1) return 'ends tonight'
  return `ends in ${days} days`
}

export const isEndingSoon = (endsAt: string, now: string): boolean => Date.parse(endsAt) - Date.parse(now) <= 7 * dayMs

const endWords: Record<Trial['at_end'], Record<Trial['kind'], string>> = {
  convert: {
    customer: 'Goes into production',
    subscription: 'Becomes active',
    device: 'Is paid from then on',
    license: 'Is paid from then on',
  },
  deactivate: { customer: 'Ends', subscription: 'Ends', device: 'Is deactivated', license: 'Ends' },
  take_from_pool: {
    customer: 'Takes a license of the pool',
    subscription: 'Takes a license of the pool',
    device: 'Takes a license of the pool',
    license: 'Takes a license of the pool',
  },
  expire: { customer: 'Ends', subscription: 'Ends', device: 'Ends', license: 'Expires' },
}
export const describeEnd = ({ kind, at_end }: Pick<Trial, 'kind' | 'at_end'>): string => endWords[at_end][kind]

/** What ends a trial by hand; licenses are taken from the pool on their own page. */
export const actionNames: Partial<Record<Trial['kind'], string>> = {
  customer: 'Start production',
  subscription: 'Make active',
  device: 'Switch to paid',
}

export const outcomeNames: Record<DeviceTrial['outcome'], string> = {
  running: 'In trial',
  converted: 'Paid',
  deactivated: 'Deactivated at the end of the trial',
  taken_from_pool: 'Has a license of the pool',
  unlicensed: 'Without a license since the end of the trial',
}

const deviceEnds: Record<NonNullable<Offer['trial']>['end_policy'], string> = {
  convert: 'then the device is paid',
  deactivate: 'then the device is stopped until someone switches it to paid',
  take_from_pool: 'then it takes a license of the pool, where one is free',
}
/** "15 days after today, then the device is paid." */
export const formatTrialTerms = ({ days, end_policy }: NonNullable<Offer['trial']>): string =>
  `To the end of ${days === 1 ? 'tomorrow' : `the ${days} days after today`}; ${deviceEnds[end_policy]}.`
