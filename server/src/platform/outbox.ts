import { sql } from 'kysely'
import type { CallContext } from '../kernel/context.ts'
import { toInstantText } from '../kernel/time.ts'
import type { Database, Transaction } from './database.ts'
import { newId } from './ids.ts'
import type { Log } from './log.ts'

export type OutboxEvent = { realmId: bigint; topic: string; path: string; payload: Record<string, unknown> }
type OutboxRow = {
  realm_id: bigint
  id: string
  xid: string
  topic: string
  path: string
  payload: Record<string, unknown>
}

/** A reader of the outbox: gets every event once, in commit order, in the transaction that moves its position on. */
export type Consumer = {
  name: string
  topics: readonly string[]
  consume(tx: Transaction, events: OutboxEvent[]): Promise<void>
}

type OutboxTables = {
  outbox: { realm_id: bigint; id: string; topic: string; path: string; payload: string; created_at: string }
}

/** Notes that something happened, in the transaction in which it happens. */
export const publish = (tx: Transaction, event: OutboxEvent): Promise<void> => publishAll(tx, [event])

/** As many as there are, in one statement for each thousand. */
export async function publishAll(tx: Transaction, events: readonly OutboxEvent[]): Promise<void> {
  for (let at = 0; at < events.length; at += 1000) {
    const rows = events.slice(at, at + 1000).map((event) => ({
      realm_id: event.realmId,
      id: newId(),
      topic: event.topic,
      path: event.path,
      payload: JSON.stringify(event.payload),
      created_at: toInstantText(tx.now),
    }))
    tx.later(tx.tables<OutboxTables>().insertInto('outbox').values(rows))
  }
}

const batchSize = 500

/**
 * Hands one batch of events to a consumer and answers how many it took. Never reads by `id > last`: a transaction that
 * began earlier may commit later. Only rows older than every running transaction are read, in the order (xid, id).
 */
export const relay = (db: Database, call: CallContext, consumer: Consumer): Promise<number> =>
  db.work(call, async (tx) => {
    const tables = tx.tables<OutboxTables>()
    await sql`insert into app.outbox_positions (consumer, xid, id) values (${consumer.name}, '0', '00000000-0000-0000-0000-000000000000') on conflict do nothing`.execute(
      tables,
    )
    const position = await sql<{ xid: string; id: string }>`
      select xid, id from app.outbox_positions where consumer = ${consumer.name} for update skip locked`.execute(tables)
    const from = position.rows[0]
    if (!from) return 0
    const { rows } = await sql<OutboxRow>`
      select realm_id, id, xid, topic, path, payload from outbox
      where (xid, id) > (${from.xid}::xid8, ${from.id}::uuid) and xid < pg_snapshot_xmin(pg_current_snapshot())
      order by xid, id limit ${batchSize}`.execute(tables)
    const last = rows.at(-1)
    if (!last) return 0
    const wanted = rows.filter((row) => consumer.topics.includes(row.topic))
    if (wanted.length > 0) await consumer.consume(tx, wanted.map(toEvent))
    await sql`update app.outbox_positions set xid = ${last.xid}::xid8, id = ${last.id} where consumer = ${consumer.name}`.execute(
      tables,
    )
    return rows.length
  })

const toEvent = (row: OutboxRow): OutboxEvent => ({
  realmId: row.realm_id,
  topic: row.topic,
  path: row.path,
  payload: row.payload,
})

export type Relay = { drain(): Promise<void>; stop(): Promise<void> }

/** Reads the outbox for all consumers until stopped. `drain` answers when everything committed before it was consumed. */
export function startRelay(db: Database, consumers: readonly Consumer[], log: Log, everyMs: number): Relay {
  let stopped = false
  let running: Promise<void> = Promise.resolve()

  const round = async () => {
    for (const consumer of consumers) {
      const call = await db.systemCall(`outbox:${consumer.name}`)
      while (!stopped && (await relay(db, call, consumer)) === batchSize);
    }
  }
  const next = () => {
    running = running.then(round).catch((error: unknown) => {
      if (!stopped) log.error({ err: error }, 'outbox: a round failed and is tried again')
    })
    return running
  }
  const timer = setInterval(() => void next(), everyMs)

  return {
    drain: next,
    async stop() {
      clearInterval(timer)
      stopped = true
      await running
    },
  }
}

/** Events that every consumer has read are kept for a week, for looking back, and then dropped. */
export const forgetOldEvents = (db: Database, call: CallContext): Promise<void> =>
  db.work(call, async (tx) => {
    await sql`
      delete from outbox o where created_at < ${toInstantText(call.now.subtract({ hours: 168 }))}
      and xid < (select min(xid) from app.outbox_positions)`.execute(tx.tables())
  })
