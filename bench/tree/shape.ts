import type { Level } from '@tenantree/contract'
import { toSegment, vendorPath } from '../../server/src/kernel/tree.ts'

/** A piece of a tree that is copied to many places: `at` is the path below the place, '' for its top. */
export type Block = readonly { at: string; level: Level }[]
export type Place = { block: string; path: string; realmId: number }

const segment = (n: number): string => toSegment(BigInt(n))
const below = (n: number, block: Block): Block => block.map(({ at, level }) => ({ at: segment(n) + at, level }))
const times = <Item>(count: number, make: (n: number) => readonly Item[]): Item[] =>
  Array.from({ length: count }, (_, index) => make(index + 1)).flat()

/** A reseller with its customers and their sites, dealt out one by one: so many tenants altogether. */
function reseller(tenants: number, customers: number): Block {
  const sites = tenants - 1 - customers
  const sitesOf = (customer: number) => Math.floor(sites / customers) + (customer <= sites % customers ? 1 : 0)
  return [
    { at: '', level: 'reseller' },
    ...times(customers, (n) =>
      below(n, [
        { at: '', level: 'end_customer' },
        ...times(sitesOf(n), (site): Block => [{ at: segment(site), level: 'site' }]),
      ]),
    ),
  ]
}

const subDistributor = (resellers: readonly Block[]): Block => [
  { at: '', level: 'sub_distributor' },
  ...resellers.flatMap((block, index) => below(index + 1, block)),
]

const small = reseller(50, 9)
const smalls = (count: number): Block[] => Array.from({ length: count }, () => small)

export const blocks: Record<string, Block> = {
  distributor: [{ at: '', level: 'distributor' }],
  empty_sub_distributor: [{ at: '', level: 'sub_distributor' }],
  empty_reseller: [{ at: '', level: 'reseller' }],
  small_reseller: small,
  large_reseller: reseller(1500, 200),
  small_sub_distributor: subDistributor(smalls(2)),
  sub_distributor: subDistributor([...smalls(29), reseller(49, 8)]),
  smaller_sub_distributor: subDistributor([...smalls(19), reseller(48, 8)]),
}

/** Tenants that are asked about, by path. */
export type Spots = {
  vendor: string
  /** The distributor of the largest realm: it moves what is moved. */
  mover: string
  /** The tops of the subtrees, by their size. */
  tops: Record<string, string>
  moved: Record<string, string>
  /** Where it is moved to and fro. */
  from: string
  to: string
  site: string
}

export type Shape = { tenants: number; places: Place[]; spots: Spots }

/**
 * A vendor with so many tenants below: one realm with a third of them, one of 46,000 where there is room, many of 1,501, of 50 and of 1.
 * The subtrees of 50 and of 1,500 stand in the largest realm, where the realm alone does not narrow a search.
 */
export function planShape(tenants: number): Shape {
  const places: Place[] = []
  let left = tenants - 1
  let realms = 0
  const put = (block: string, path: string) => {
    places.push({ block, path, realmId: realms })
    left -= blocks[block]!.length
  }
  const openRealm = (block: string): string => {
    realms += 1
    const path = vendorPath + segment(realms)
    put(block, path)
    return path
  }

  const large = openRealm('distributor')
  const from = large + segment(1)
  const to = large + segment(2)
  put('small_sub_distributor', from)
  put('empty_sub_distributor', to)
  put('large_reseller', from + segment(3))
  for (let n = 0; n < Math.floor((tenants * 0.3) / 1500); n += 1) put('sub_distributor', large + segment(n + 3))
  const tops: Spots['tops'] = { 50: from + segment(1), 1500: from + segment(3) }
  if (tenants >= 100_000) {
    tops[46_000] = openRealm('distributor')
    for (let n = 1; n <= 30; n += 1) put('sub_distributor', tops[46_000] + segment(n))
    put('smaller_sub_distributor', tops[46_000] + segment(31))
  }
  while (left > tenants * 0.05 + 1501) put('sub_distributor', openRealm('distributor') + segment(1))
  while (left >= 50) openRealm('small_reseller')
  while (left > 0) openRealm('empty_reseller')
  return {
    tenants,
    places,
    spots: {
      vendor: vendorPath,
      mover: large,
      tops,
      moved: { 50: from + segment(2), 1500: from + segment(3) },
      from,
      to,
      site: from + segment(1) + segment(1) + segment(1),
    },
  }
}
