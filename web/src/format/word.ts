import type { Level, ServiceType } from '../api/types.ts'

/** The words a reader sees for the words of the API. */
export const levelNames: Record<Level, string> = {
  vendor: 'Vendor',
  distributor: 'Distributor',
  sub_distributor: 'Sub-distributor',
  reseller: 'Reseller',
  end_customer: 'End customer',
  site: 'Site',
}

export const serviceTypeNames: Record<ServiceType, string> = {
  all_inclusive: 'All inclusive',
  software_only: 'Software only',
}

/** "sub_distributor" becomes "Sub distributor": for words of closed lists that have no better name. */
export const toWords = (code: string) => {
  const text = code.replaceAll('_', ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

const osNames: Record<string, string> = { windows: 'Windows', macos: 'macOS', linux: 'Linux', other: 'Other' }
export const osName = (os: string) => osNames[os] ?? os

/** "ada.lovelace@example.com" or "Ada Lovelace" becomes "AL". */
export const initials = (name: string) => {
  const words = name.split(/[\s.@_-]+/).filter(Boolean)
  return words
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join('')
}
