import { type CompiledQuery, Kysely, PostgresDialect, type Transaction as Trx } from 'kysely'
import pg from 'pg'
import { isStalePlan } from './database-errors.ts'

/** A query of the builder, or one that was written as SQL. */
export type Sendable<T> = { compile(tables: Kysely<unknown>): CompiledQuery<T> }

export type Wire = {
  tables<T>(): Trx<T>
  send<T>(query: Sendable<T>): Promise<T[]>
  later(query: Sendable<unknown>): void
  /** The commit waits for it. */
  note(answer: Promise<unknown>): void
}

const gathering = new WeakSet<pg.PoolClient>()
const names = new Map<string, string>()
const maximumNames = 300

/** What is sent is planned once for each connection: planning costs more than the search by a key. Lists of many rows are texts of their own, and are not. */
function nameOf(text: string, parameters: number): string | undefined {
  const known = names.get(text)
  if (known !== undefined) return known
  if (parameters > 40 || names.size >= maximumNames) return undefined
  const name = `sent_${names.size}`
  names.set(text, name)
  return name
}

/** What is sent until the code waits for something goes to the system in one write. */
function gather(client: pg.PoolClient): void {
  if (gathering.has(client)) return
  gathering.add(client)
  const { stream } = client.connection
  stream.cork()
  process.nextTick(() => {
    gathering.delete(client)
    stream.uncork()
  })
}

/** A transaction's way to the database. Whatever goes on after its end finds it shut: the connection may serve another caller's scope by then. */
type Line = { query: pg.PoolClient['query']; client: pg.PoolClient; end(): void }

function openLine(client: pg.PoolClient): Line {
  let isOpen = true
  const query = (...asked: Parameters<pg.PoolClient['query']>) => {
    if (!isOpen) throw new Error('the transaction has ended')
    return client.query(...asked)
  }
  return {
    client,
    query: query as pg.PoolClient['query'],
    end: () => {
      isOpen = false
    },
  }
}

/** A query builder of this one transaction. */
function toBuilder({ query }: Line): Kysely<unknown> {
  const held = { query, release: () => {} }
  const pool = { connect: async () => held, end: async () => {}, options: {} }
  return new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
}

/**
 * Runs `fn` between begin and commit. What is sent needs no answer before the next is sent, and the commit itself is sent behind the last write, so that
 * locks are held for one way there and back less. Throws what failed first.
 */
export async function inTransaction<T>(pool: pg.Pool, fn: (wire: Wire) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  const sent: Promise<unknown>[] = []
  const line = openLine(client)
  try {
    gather(client)
    note(sent, client.query('begin'))
    const answer = await fn(toWire(line, sent))
    line.end()
    gather(client)
    note(sent, commit(client))
    await Promise.all(sent)
    client.release()
    return answer
  } catch (error) {
    line.end()
    const first = await findFirst(sent)
    await client.query('rollback').then(
      () => client.release(isStalePlan(first ?? error)),
      () => client.release(true),
    )
    throw first ?? error
  }
}

/** One query, without begin and commit. */
export async function askAlone<T>(pool: pg.Pool, query: CompiledQuery<T>): Promise<T[]> {
  const client = await pool.connect()
  try {
    const { rows } = await client.query(toConfig(query))
    client.release()
    return rows as T[]
  } catch (error) {
    client.release(!(error instanceof pg.DatabaseError) || isStalePlan(error))
    throw error
  }
}

const toConfig = ({ sql, parameters }: CompiledQuery<unknown>) => ({
  name: nameOf(sql, parameters.length),
  text: sql,
  values: [...parameters],
})

function toWire(line: Line, sent: Promise<unknown>[]): Wire {
  const builder = toBuilder(line)
  let cause: unknown = null
  const ask = async <T>(query: Sendable<T>): Promise<T[]> => {
    const compiled = query.compile(builder)
    gather(line.client)
    try {
      const { rows } = await line.query(toConfig(compiled))
      return rows as T[]
    } catch (error) {
      if (!isConsequence(error)) cause ??= error
      throw error
    }
  }
  return {
    tables: <Tables>() => builder as unknown as Trx<Tables>,
    // Of what was sent together all fails with the first; whoever waits for another is told the reason of that one.
    send: (query) =>
      ask(query).catch((error: unknown) => {
        throw isConsequence(error) ? (cause ?? error) : error
      }),
    later: (query) => note(sent, ask(query)),
    note: (answer) => note(sent, answer),
  }
}

function note(sent: Promise<unknown>[], answer: Promise<unknown>): void {
  // Told by the commit, or by the query that fails after it.
  answer.catch(() => {})
  sent.push(answer)
}

async function commit(client: pg.PoolClient): Promise<void> {
  const { command } = await client.query('commit')
  // PostgreSQL answers so where a statement has failed.
  if (command === 'ROLLBACK') throw new Error('the transaction was rolled back')
}

/** Of what was sent and not waited for, what failed; what failed since the transaction had failed already is not it. */
async function findFirst(sent: readonly Promise<unknown>[]): Promise<unknown> {
  for (const outcome of await Promise.allSettled(sent))
    if (outcome.status === 'rejected' && !isConsequence(outcome.reason)) return outcome.reason
  return null
}

/** In a transaction that has failed nothing is done any more (25P02), and nothing planned (26000). */
const isConsequence = (error: unknown): boolean =>
  (error instanceof pg.DatabaseError && (error.code === '25P02' || error.code === '26000')) ||
  (error instanceof Error && error.message === 'the transaction was rolled back')
