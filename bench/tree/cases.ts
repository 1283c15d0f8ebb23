import type { Asked } from '../client.ts'
import type { Seat, World } from './world.ts'

/** A word that a fifth of the partners and customers have, one of few, one too short for trigrams, and one that nobody has. */
export const words = ['gmbh', 'dental', 'ha', 'qqzz'] as const

const pages: Record<string, string> = {
  name: 'limit=50',
  age: 'limit=50&sort=-created_at',
  ...Object.fromEntries(words.map((word) => [`search_${word}`, `limit=50&q=${word}`])),
  search_by_age: 'limit=50&q=gmbh&sort=-created_at',
}

/** What is asked, of which size and subtree; `kind` is page, count or ancestor. */
export type Case = {
  size: number
  top: string
  kind: 'page' | 'count' | 'ancestor' | 'tree'
  name: string
  asked: Asked
}

type Seats = ReadonlyMap<string, Seat>

export async function listCases(world: World, seats: Seats): Promise<Case[]> {
  const { url, size, shape } = world
  const site = await world.idOf(shape.spots.site)
  const get = (seat: Seat, path: string, status = 200): Asked => ({ url: `${url}${path}`, token: seat.token, status })
  const cases: Case[] = []
  for (const [top, seat] of seats) {
    const add = (kind: Case['kind'], name: string, asked: Asked) => cases.push({ size, top, kind, name, asked })
    for (const [name, query] of Object.entries(pages)) add('page', name, get(seat, `/v1/tenants?${query}`))
    add('page', 'under', get(seat, `/v1/tenants?under_id=${seat.id}&limit=50`))
    add('count', 'tenant_count', get(seat, `/v1/tenants/${seat.id}`))
    // The site is seen from above it, and is missing for everyone else.
    const isAbove = shape.spots.site.startsWith(seat.path)
    add('ancestor', isAbove ? 'inside' : 'outside', get(seat, `/v1/tenants/${site}`, isAbove ? 200 : 404))
    // What the console's tree asks when something is typed into its search, and when a branch is opened.
    for (const word of words) add('tree', `search_${word}`, get(seat, `/v1/tenants?q=${word}&limit=100`))
    add('tree', 'branch', get(seat, `/v1/tenants?parent_id=${seat.id}&limit=100`))
  }
  return cases
}
