import { invariant } from './problem.ts'

/** A path is made of fixed-width segments of [0-9a-z]: text order under "C" is tree order. */
export const segmentWidth = 4
const limit = 36 ** segmentWidth

export const vendorPath = '0000'

/** The segment of a parent's n-th child, n from 1. */
export function toSegment(counter: bigint): string {
  invariant(counter > 0n && counter < BigInt(limit), 'a parent has at most 1,679,615 children')
  return counter.toString(36).padStart(segmentWidth, '0')
}

export const toBounds = (path: string): { lo: string; hi: string } => ({ lo: path, hi: `${path}~` })

/** Paths of the tenants above, from the vendor down. */
export function ancestorPaths(path: string): string[] {
  const paths: string[] = []
  for (let end = segmentWidth; end < path.length; end += segmentWidth) paths.push(path.slice(0, end))
  return paths
}

export const parentPath = (path: string): string | null =>
  path.length > segmentWidth ? path.slice(0, -segmentWidth) : null

export const isWithin = (path: string, top: string): boolean => path.startsWith(top)
