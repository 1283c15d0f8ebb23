import type { Asker } from '../asker.ts'
import type { Probe } from '../measure.ts'
import type { Seat, World } from './world.ts'

/** What the grid asks the API for, at the seat that has the most. */
export async function listProbes({ url, wide }: World, asker: Asker): Promise<Probe[]> {
  const query = (words: string) => `${url}/v1/${words}tenant_id=${wide.tenantId}`
  const page = `licenses?offer_id=${wide.offerId}&limit=100&`
  const byType = await readAnchors(query(anchors(wide)), wide)
  const byDay = await readAnchors(query(`${anchors(wide)}sort=valid_until&`), wide)
  const [middle, last] = [Math.floor(byType.length / 2), byType.length - 1]
  const asked = {
    'first page': page,
    'page in the middle': `${page}cursor=${byType[middle]}&`,
    'last page': `${page}cursor=${byType[last]}&`,
    'first page by last day': `${page}sort=valid_until&`,
    'page in the middle by last day': `${page}sort=valid_until&cursor=${byDay[middle]}&`,
    'where pages begin': anchors(wide),
    counts: 'license-types?',
    'counts of a search': 'license-types?q=lehmann&',
    'counts of a search for what many have': 'license-types?q=le&',
    'page of a search': `${page}q=lehmann&`,
  }
  return Object.entries(asked).map(([key, words]) => ({
    key,
    sample: async () => (await asker.ask([{ url: query(words), token: wide.token, status: 200 }]))[0] ?? Number.NaN,
  }))
}

const anchors = ({ offerId }: Seat) => `license-anchors?offer_id=${offerId}&`

async function readAnchors(url: string, { token, licenses }: Seat): Promise<string[]> {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
  const { total, cursors }: { total: number; cursors: string[] } = JSON.parse(await answer.text())
  if (total !== licenses) throw new Error(`${total} licenses instead of ${licenses}`)
  return cursors
}
