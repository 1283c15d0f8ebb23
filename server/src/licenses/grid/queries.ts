import type { License, LicenseType, licenseAnchorQuery, licenseAnchors, licenseQuery } from '@tenantree/contract'
import { type RawBuilder, sql } from 'kysely'
import type * as z from 'zod'
import { offerJson } from '../../catalog/index.ts'
import type { CallContext } from '../../kernel/context.ts'
import { fromCursor, type KeyKind, type Page, toCursor, toPage, walkPages } from '../../kernel/page.ts'
import { Problem } from '../../kernel/problem.ts'
import { dayOf } from '../../kernel/time.ts'
import { type Database, inScope, type Transaction } from '../../platform/database.ts'
import { isValidSql } from '../repository.ts'
import { type Filter, toFilter } from './filter.ts'
import { type Row, selectRows, toLicense } from './rows.ts'

type Query = z.infer<typeof licenseQuery>
type Anchor = Pick<Row, 'product_key' | 'offer_id' | 'id' | 'ends_on' | 'created_at'>
type Sort = {
  order: RawBuilder<unknown>
  after: (keys: string[]) => RawBuilder<unknown>
  kinds: KeyKind[]
  keysOf: (row: Anchor) => string[]
}

const never = '9999-12-31'
/** As many as are read at a time where no answer has to carry them. */
const walkedRows = 2000

const byType: Sort = {
  order: sql`l.product_key, l.offer_id, l.id`,
  after: ([product, offer, id]) => sql`(l.product_key, l.offer_id, l.id) > (${product}, ${offer}::uuid, ${id}::uuid)`,
  kinds: ['text', 'uuid', 'uuid'],
  keysOf: (row) => [row.product_key, row.offer_id, row.id],
}
// As the index licenses_ends has it, to the letter: with a parameter in it no index would be found.
const last = sql`(case when l.ends_on is null then date ${sql.lit(never)} else l.ends_on end)`
const keysOfEnd = (row: Anchor): string[] => [row.ends_on ?? never, row.id]

/** Of one type the id alone is the order: its index gives page after page without sorting. */
const sorts: Record<Query['sort'], Sort> = {
  type: byType,
  valid_until: {
    order: sql`${last}, l.id`,
    after: ([day, id]) => sql`(${last}, l.id) > (${day}::date, ${id}::uuid)`,
    kinds: ['day', 'uuid'],
    keysOf: keysOfEnd,
  },
  '-valid_until': {
    order: sql`${last} desc, l.id desc`,
    after: ([day, id]) => sql`(${last}, l.id) < (${day}::date, ${id}::uuid)`,
    kinds: ['day', 'uuid'],
    keysOf: keysOfEnd,
  },
  '-created_at': {
    order: sql`l.created_at desc, l.id desc`,
    after: ([at, id]) => sql`(l.created_at, l.id) < (${at}::timestamptz, ${id}::uuid)`,
    kinds: ['instant', 'uuid'],
    keysOf: (row) => [row.created_at, row.id],
  },
}
const ofOneType: Sort = {
  order: sql`l.id`,
  after: ([id]) => sql`l.id > ${id}::uuid`,
  kinds: ['uuid'],
  keysOf: (row) => [row.id],
}

const sortOf = ({ sort, offer_id }: Pick<Query, 'sort' | 'offer_id'>): Sort =>
  sort === 'type' && offer_id !== undefined ? ofOneType : sorts[sort]

/** The rows of the grid. R-LIC-6. Throws not_found, filter_not_applicable. */
export const listLicenses = (db: Database, call: CallContext, query: Query): Promise<Page<License>> =>
  db.transaction(call, async (tx) => {
    const sort = sortOf(query)
    const filter = await toFilter(tx, call, query)
    const after = fromCursor(query.cursor, sort.kinds)
    const rows = await selectRows(tx, call, {
      rows: sql`select l.* from licenses l where ${inScope(call.scope, 'l')} and ${filter}
        ${after === null ? sql`` : sql`and ${sort.after(after)}`} order by ${sort.order} limit ${query.limit + 1}`,
      order: sort.order,
    })
    const page = toPage(rows, query.limit, sort.keysOf)
    return { ...page, data: page.data.map((row) => toLicense(row, call)) }
  })

type Anchors = z.infer<typeof licenseAnchors>

/**
 * Where each page of a list begins, so that any page is asked for at once: one pass over what the filter lets through, after which a page in the
 * middle costs what the first one costs, and a row that comes or goes moves no other page. Throws not_found, filter_not_applicable.
 */
export const getLicenseAnchors = (
  db: Database,
  call: CallContext,
  query: z.infer<typeof licenseAnchorQuery>,
): Promise<Anchors> =>
  db.transaction(call, async (tx) => {
    const sort = sortOf(query)
    const filter = await toFilter(tx, call, query)
    const { rows } = await sql<Anchor & { n: bigint }>`
      select * from (
        select l.product_key, l.offer_id, l.id, l.ends_on, l.created_at, row_number() over w as n, lead(l.id) over w is null as is_last
        from licenses l where ${inScope(call.scope, 'l')} and ${filter} window w as (order by ${sort.order})
      ) l where n % ${query.every} = 0 or is_last order by n`.execute(tx.tables())
    const total = Number(rows.at(-1)?.n ?? 0)
    const cursors = rows.filter(({ n }) => Number(n) < total).map((row) => toCursor(sort.keysOf(row)))
    return { total, every: query.every, cursors }
  })

/** All that the filter lets through, type by type in the order of the catalog: each type is read along its index, whatever the number of rows. */
export async function* walkLicenses(db: Database, call: CallContext, filter: Filter): AsyncGenerator<License> {
  const types = await listLicenseTypes(db, call, filter)
  for (const { offer, total } of types.data) {
    if (total === 0) continue
    const ofType = { ...filter, offer_id: offer.id, sort: 'type', limit: walkedRows } as const
    yield* walkPages((cursor) => listLicenses(db, call, { ...ofType, cursor }))
  }
}

/** Throws not_found. */
export const getLicense = (db: Database, call: CallContext, id: string): Promise<License> =>
  db.transaction(call, (tx) => readLicense(tx, call, id))

export async function readLicense(tx: Transaction, call: CallContext, id: string): Promise<License> {
  const [license] = await readLicenses(tx, call, [id])
  if (license === undefined) throw new Problem('not_found')
  return license
}

export async function readLicenses(tx: Transaction, call: CallContext, ids: readonly string[]): Promise<License[]> {
  const rows = await selectRows(tx, call, {
    rows: sql`select l.* from licenses l where l.id = any (${[...ids]}::uuid[]) and ${inScope(call.scope, 'l')} and l.removed_at is null`,
    order: sql`l.id`,
    byId: true,
  })
  return rows.map((row) => toLicense(row, call))
}

/**
 * All types with what the filters let through of each: those that were ever had here, and those that may be. One pass over the licenses. R-LIC-6.
 * Throws not_found, filter_not_applicable.
 */
export const listLicenseTypes = (db: Database, call: CallContext, filter: Filter): Promise<Page<LicenseType>> =>
  db.transaction(call, async (tx) => {
    const passes = await toFilter(tx, call, filter)
    const today = dayOf(call.now)
    const valid = isValidSql('l', today.toString())
    const soon = today.add({ days: 30 }).toString()
    const mayHave =
      call.scope.reach === 'vendor'
        ? sql`true`
        : sql`exists (select 1 from enabled_offers e where e.offer_id = o.id and e.path = ${call.scope.lo})`
    const { rows } = await sql<LicenseType>`
      with known as (
        select l.offer_id, l.is_trial, l.state, l.holder_id, l.ends_on, l.auto_renew, ${valid} as valid, (${passes}) as passes
        from licenses l where ${inScope(call.scope, 'l')}
        -- or each count would tell anew, for each row, whether it passes: nine searches instead of one
        offset 0
      ), counted as (
        select offer_id, count(*) filter (where passes)::int as total, count(*) filter (where passes and valid)::int as valid,
          count(*) filter (where passes and valid and holder_id is not null)::int as assigned,
          count(*) filter (where passes and valid and holder_id is null)::int as unassigned,
          count(*) filter (where passes and is_trial)::int as trial,
          count(*) filter (where passes and not valid)::int as expired,
          count(*) filter (where passes and valid and state = 'pending_cancel')::int as pending_cancel,
          count(*) filter (where passes and valid and not auto_renew and ends_on <= ${soon}::date)::int as expiring,
          count(*) filter (where passes and valid and not is_trial and not auto_renew)::int as without_auto_renew
        from known group by offer_id
      )
      select ${offerJson} as offer, c.offer_id is not null as ever, coalesce(c.total, 0) as total, coalesce(c.valid, 0) as valid,
        coalesce(c.assigned, 0) as assigned, coalesce(c.unassigned, 0) as unassigned, coalesce(c.trial, 0) as trial, coalesce(c.expired, 0) as expired,
        coalesce(c.pending_cancel, 0) as pending_cancel, coalesce(c.expiring, 0) as expiring, coalesce(c.without_auto_renew, 0) as without_auto_renew
      from offers o left join counted c on c.offer_id = o.id
      where o.charge_model in ('committed', 'prepaid') and (c.offer_id is not null or (o.withdrawn_at is null and ${mayHave}))
        ${filter.offer_id === undefined ? sql`` : sql`and o.id = ${filter.offer_id}`}
      order by o.product_key, o.rank, o.id`.execute(tx.tables())
    return { data: rows, next: null }
  })

/** Ids that the filter lets through, for an act on all of them. */
export async function listIds(tx: Transaction, call: CallContext, filter: Filter, limit: number): Promise<string[]> {
  const passes = await toFilter(tx, call, filter)
  const { rows } = await sql<{ id: string }>`
    select l.id from licenses l where ${inScope(call.scope, 'l')} and ${passes} order by l.id limit ${limit}`.execute(
    tx.tables(),
  )
  return rows.map(({ id }) => id)
}
