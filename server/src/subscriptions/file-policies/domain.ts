import type { FileAction, FileDirection } from '@tenantree/contract'

/** Codes of the catalog's features. R-OFFER-4, R-POL-1. */
const filesFeature = 'zero_trust_files'
const sandboxFeature = 'sandbox'

export type Policy = {
  direction: FileDirection
  web_sites: readonly string[]
  mime_types: readonly string[]
  action: FileAction
}
export type File = { direction: FileDirection; host: string; mime_type: string }

export const featuresFor = ({ action }: { action: FileAction }): string[] =>
  action === 'sandbox' ? [filesFeature, sandboxFeature] : [filesFeature]

/** The features that a policy needs and that nothing held has: after a downgrade it is kept and not applied. */
export const missingFeatures = (policy: { action: FileAction }, held: ReadonlySet<string>): string[] =>
  featuresFor(policy).filter((feature) => !held.has(feature))

/** `example.com` is that host alone, `*.example.com` also every host below it, `*` every host. */
export function matchesHost(pattern: string, host: string): boolean {
  if (pattern === '*') return true
  const base = pattern.startsWith('*.') ? pattern.slice(2) : null
  return base === null ? host === pattern : host === base || host.endsWith(`.${base}`)
}

/** Parameters such as a charset do not count. */
export function matchesType(pattern: string, mimeType: string): boolean {
  const type = mimeType.split(';')[0]!.trim()
  if (pattern === '*/*') return true
  return pattern.endsWith('/*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern
}

const matches = (policy: Policy, file: File): boolean =>
  policy.direction === file.direction &&
  policy.web_sites.some((pattern) => matchesHost(pattern, file.host.toLowerCase())) &&
  policy.mime_types.some((pattern) => matchesType(pattern, file.mime_type.toLowerCase()))

/** The first policy in order that matches, of those that are applied; null: none does, and the file may pass. R-POL-1. */
export const findDeciding = <P extends Policy>(
  policies: readonly P[],
  file: File,
  held: ReadonlySet<string>,
): P | null => policies.find((policy) => missingFeatures(policy, held).length === 0 && matches(policy, file)) ?? null

export const mostPolicies = 200
