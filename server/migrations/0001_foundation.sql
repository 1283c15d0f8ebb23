-- The ground all tables stand on: table classes, roles' guards, the scope, the clock, months. Safe online: new objects only.
create table app.table_class (
  relname  text primary key,
  class    text not null check (class in ('distributed', 'directory', 'reference', 'local')),
  dist_key text,
  coloc    text
);
-- ;;
-- One migration file for plain PostgreSQL and, later, a sharded one: here it only records the class, which the lint holds the table against.
create function app.place(rel regclass, class text, dist_key text default null, coloc text default null)
returns void language plpgsql as $$
begin
  insert into app.table_class values (rel::text, class, dist_key, coloc);
end $$;
-- ;;
select app.place('app.table_class', 'local');
-- ;;
select app.place('app.migrations', 'local');
-- ;;
-- Enables and forces row-level security, makes the policies and the grants. `kind` says who sees a row from the runtime role:
--   subtree    the tenants at or above the row's path
--   inherited  also, for reading, the tenants below it
--   ends       exactly the two ends of an edge: path is the buyer's, seller_path the seller's (R-TREE-10); app.lo is the path of the scope's tenant
--   shared     everyone may read (reference data)
--   worker     nobody from the runtime role
--   lookup     by exact key, before there is a scope (directories); the query names the key
create function app.guard(rel regclass, kind text, runtime_grants text, worker_grants text default 'select, insert, update, delete')
returns void language plpgsql as $$
declare
  within text := $q$path >= current_setting('app.lo', true) and path < current_setting('app.hi', true)$q$;
  ends text := $q$path = current_setting('app.lo', true) or seller_path = current_setting('app.lo', true)$q$;
  sells text := $q$seller_path >= current_setting('app.lo', true) and seller_path < current_setting('app.hi', true)$q$;
begin
  execute format('alter table %s enable row level security', rel);
  execute format('alter table %s force row level security', rel);
  if kind in ('subtree', 'inherited') then
    execute format('create policy scope on %s to tt_runtime using (%s) with check (%s)', rel, within, within);
    if kind = 'inherited' then
      execute format($f$create policy upwards on %s for select to tt_runtime
        using (path = any (string_to_array(current_setting('app.chain', true), ' ')))$f$, rel);
    end if;
  elsif kind = 'ends' then
    execute format('create policy ends on %s to tt_runtime using (%s) with check (%s)', rel, ends, sells);
  elsif kind in ('shared', 'lookup') then
    execute format('create policy %I on %s to tt_runtime using (true)', kind, rel);
  elsif kind <> 'worker' then
    raise exception 'app.guard: unknown kind %', kind;
  end if;
  execute format('create policy worker on %s to tt_worker using (true)', rel);
  if runtime_grants <> '' then execute format('grant %s on %s to tt_runtime', runtime_grants, rel); end if;
  if worker_grants <> '' then execute format('grant %s on %s to tt_worker', worker_grants, rel); end if;
end $$;
-- ;;
-- The test clock: one row. null offset and null frozen_at is real time. Moved by platform/clock.ts only, forward only.
create table app.test_clock (
  id        int         primary key check (id = 1),
  offset_ms bigint      not null default 0,
  frozen_at timestamptz
);
-- ;;
select app.place('app.test_clock', 'local');
-- ;;
insert into app.test_clock (id) values (1);
-- ;;
grant usage on schema app to tt_runtime, tt_worker, tt_search;
-- ;;
-- tt_search owns the few functions that read past the scope by themselves; nobody signs in as it.
grant create on schema app to tt_search;
-- ;;
create extension if not exists pg_trgm;
-- ;;
grant select on app.test_clock to tt_runtime, tt_worker;
-- ;;
-- Enters a scope: a real SET LOCAL, first in each transaction, and answers the test clock, so that time costs no round trip.
-- Two text bounds: unset is null, after commit '' and '': no rows either way.
create function app.enter(lo text, hi text, chain text)
returns table (offset_ms bigint, frozen_at timestamptz) language plpgsql as $$
begin
  execute format('set local app.lo = %L', lo);
  execute format('set local app.hi = %L', hi);
  execute format('set local app.chain = %L', chain);
  return query select c.offset_ms, c.frozen_at from app.test_clock c where c.id = 1;
end $$;
-- ;;
-- Monthly partitions by plain functions; the date is passed in, because the test clock moves. Security definer: workers may not create tables.
create function app.ensure_months(parent regclass, from_month date, ahead int) returns int
language plpgsql security definer set search_path = app, public, pg_temp as $$
declare month date; made int := 0; part text;
begin
  for i in 0..ahead loop
    month := (date_trunc('month', from_month) + make_interval(months => i))::date;
    part := format('%s_%s', parent::text, to_char(month, 'YYYY_MM'));
    if to_regclass(part) is null then
      -- Of two that make it at once the second waits and finds it made.
      execute format('lock table only %s in share update exclusive mode', parent);
      continue when to_regclass(part) is not null;
      execute format('create table %I partition of %s for values from (%L) to (%L)', part, parent, month, (month + interval '1 month')::date);
      execute format('alter table %I enable row level security', part);
      execute format('alter table %I force row level security', part);
      made := made + 1;
    end if;
  end loop;
  return made;
end $$;
-- ;;
revoke all on function app.ensure_months(regclass, date, int) from public;
-- ;;
grant execute on function app.ensure_months(regclass, date, int) to tt_worker;
-- ;;
create function app.drop_months(parent regclass, before_month date) returns int
language plpgsql security definer set search_path = app, public, pg_temp as $$
declare part record; dropped int := 0;
begin
  for part in select inhrelid::regclass::text as name from pg_inherits
              where inhparent = parent and to_date(right(inhrelid::regclass::text, 7), 'YYYY_MM') < before_month loop
    execute format('drop table %s', part.name);
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;
-- ;;
revoke all on function app.drop_months(regclass, date) from public;
-- ;;
grant execute on function app.drop_months(regclass, date) to tt_worker;
-- ;;
-- Enqueues a job from any role: graphile-worker's own tables belong to the owner and are closed to the others.
create function app.enqueue(task text, payload json, job_key text default null, queue text default null) returns void
language plpgsql security definer set search_path = app, public, pg_temp as $$
begin
  perform graphile_worker.add_job(task, payload, queue_name => queue, job_key => job_key, max_attempts => 12);
end $$;
-- ;;
revoke all on function app.enqueue(text, json, text, text) from public;
-- ;;
grant execute on function app.enqueue(text, json, text, text) to tt_runtime, tt_worker;
-- ;;
