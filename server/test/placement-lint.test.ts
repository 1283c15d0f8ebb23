import { readFile } from 'node:fs/promises'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase, withClient } from './database.ts'

type Breach = { rule: string; object: string; detail: string }

const lint = await readFile(new URL('placement-lint.sql', import.meta.url), 'utf8')
let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const findBreaches = async (client: pg.Client): Promise<Breach[]> => (await client.query<Breach>(lint)).rows

/** What breaks while the statements stand; they are rolled back. */
const plant = (statements: string): Promise<Breach[]> =>
  withClient(database.urls.owner, async (client) => {
    await client.query('begin')
    await client.query(statements)
    const breaches = await findBreaches(client)
    await client.query('rollback')
    return breaches
  })

const distributed = (name: string, columns: string, key = 'primary key (realm_id, id)') =>
  `create table ${name} (realm_id bigint not null, id uuid not null, ${columns} ${key});
   select app.place('${name}', 'distributed', 'realm_id', 'tenants');
   alter table ${name} enable row level security;
   alter table ${name} force row level security;
   create policy worker on ${name} to tt_worker using (true);`

const reference = (columns: string) =>
  `create table planted_list (${columns});
   select app.place('planted_list', 'reference');
   select app.guard('planted_list', 'shared', 'select');`

/** One fault per rule, and the object that the lint must name. */
const faults: Record<string, { statements: string; object: string }> = {
  R1: { statements: 'create table planted (id int)', object: 'planted' },
  R2: {
    statements: `${distributed('planted', '')} alter table planted drop column realm_id cascade;`,
    object: 'planted',
  },
  R3: {
    statements: `create table planted (realm_id bigint primary key);
       create table planted_text (realm_id text primary key);
       select app.place('planted', 'distributed', 'realm_id', 'planted');
       select app.place('planted_text', 'distributed', 'realm_id', 'planted');
       select app.guard('planted', 'lookup', '');
       select app.guard('planted_text', 'lookup', '');`,
    object: 'planted',
  },
  R4: { statements: distributed('planted', 'code text unique,'), object: 'planted' },
  R5: {
    statements: distributed('planted', 'during tstzrange, constraint once exclude using gist (during with &&),'),
    object: 'planted',
  },
  R6: {
    statements:
      distributed('planted', 'realm_of_target bigint, target uuid,') +
      distributed(
        'planted_child',
        'other_realm bigint, target uuid, constraint crossed foreign key (other_realm, target) references planted (realm_id, id),',
      ),
    object: 'planted_child',
  },
  R7: {
    statements:
      `create table planted_elsewhere (realm_id bigint primary key);
       select app.place('planted_elsewhere', 'distributed', 'realm_id', 'elsewhere');
       select app.guard('planted_elsewhere', 'lookup', '');` +
      distributed('planted', 'constraint far foreign key (realm_id) references planted_elsewhere (realm_id),'),
    object: 'planted',
  },
  R8: {
    statements:
      distributed('planted', '') +
      reference(
        'id int primary key, realm_id bigint, planted_id uuid, foreign key (realm_id, planted_id) references planted (realm_id, id)',
      ),
    object: 'planted_list',
  },
  R9: {
    statements:
      distributed('planted', '') +
      distributed(
        'planted_child',
        'up uuid, foreign key (realm_id, up) references planted (realm_id, id) on delete set null,',
      ),
    object: 'planted_child',
  },
  R10: {
    statements:
      distributed('planted', '') +
      `create function planted_trigger() returns trigger language plpgsql as 'begin return new; end';
       create trigger planted before insert on planted for each row execute function planted_trigger();`,
    object: 'planted',
  },
  R11: { statements: distributed('planted', 'number bigint generated always as identity,'), object: 'planted' },
  R12: {
    statements: `${distributed('planted', '')}
       create policy wide on planted to tt_runtime using (id in (select gen_random_uuid()));`,
    object: 'planted',
  },
  R13: {
    statements: `${distributed('planted', '')} create index planted_${'long_'.repeat(9)}index_51 on planted (id);`,
    object: 'planted',
  },
  R14: {
    statements: `create table planted (realm_id bigint not null, month date not null, primary key (realm_id, month))
         partition by range (month);
       select app.place('planted', 'distributed', 'realm_id', 'tenants');
       select app.guard('planted', 'lookup', 'select');
       create table planted_2027 partition of planted for values from ('2027-01-01') to ('2028-01-01');
       grant insert on planted_2027 to tt_runtime;`,
    object: 'planted_2027',
  },
  R15: {
    statements: `${distributed('planted', '')} alter table planted no force row level security;`,
    object: 'planted',
  },
  R16: { statements: 'alter role tt_search rename to tt_search_elsewhere', object: 'tt_search' },
}

describe('placement lint', () => {
  it('the migrated database breaks no rule', async () => {
    expect(await withClient(database.urls.owner, findBreaches)).toEqual([])
  })

  it('reads every table of ours', async () => {
    const count = `select count(*)::int as n from app.table_class where to_regclass(relname) is not null`
    const rows = await withClient(
      database.urls.owner,
      async (client) => (await client.query<{ n: number }>(count)).rows,
    )
    expect(rows[0]?.n).toBeGreaterThan(10)
  })

  it('sound tables break no rule', async () => {
    const sound = distributed('planted', 'code text, unique (realm_id, code),') + reference('id int primary key')
    expect(await plant(sound)).toEqual([])
  })

  it.each(Object.entries(faults))('finds the fault of %s, and no other', async (rule, { statements, object }) => {
    const breaches = await plant(statements)
    expect(breaches.map((breach) => [breach.rule.split(' ')[0], breach.object])).toEqual([[rule, object]])
  })
})
