-- Inactivating, deleting, relocating and moving tenants. Safe online: columns that may be null, small tables, functions; constraints become deferrable.
alter table tenants
  add column inactivated_at timestamptz,
  -- what the tenant was before it was inactivated or deleted
  add column former_state   text check (former_state in ('in_trial', 'production')),
  add column deleted_at     timestamptz,
  -- the tenant that was deleted with everything below, this one included
  add column deletion_id    uuid;
-- ;;
grant update (inactivated_at, former_state, deleted_at, deletion_id) on tenants to tt_runtime;
-- ;;
create index tenants_closed on tenants (path) where state in ('inactive', 'deleted');
-- ;;
create index tenants_purge on tenants (deleted_at) where deleted_at is not null;
-- ;;
create index tenants_external on tenants (external_id, id) where external_id is not null;
-- ;;
-- The days on which a tenant and everything below it make no charge, from `from_day` to before `to_day`. R-TREE-7, R-BILL-9.
create table tenant_pauses (
  realm_id  bigint not null,
  tenant_id uuid   not null,
  from_day  date   not null,
  path      text collate "C" not null,
  -- null while the tenant is inactive
  to_day    date,
  primary key (realm_id, tenant_id, from_day),
  constraint tenant_pauses_tenant foreign key (realm_id, tenant_id) references tenants (realm_id, id) deferrable
);
-- ;;
select app.place('tenant_pauses', 'distributed', 'realm_id', 'tenants');
-- ;;
create index tenant_pauses_path on tenant_pauses (path, from_day);
-- ;;
select app.guard('tenant_pauses', 'inherited', 'select, insert, update, delete');
-- ;;
-- Goes up when access ends somewhere: whoever keeps credentials in memory looks at it each second and then reads them anew.
create table app.revocations (
  id    int    primary key check (id = 1),
  epoch bigint not null
);
-- ;;
select app.place('app.revocations', 'local');
-- ;;
insert into app.revocations (id, epoch) values (1, 0);
-- ;;
grant select, update on app.revocations to tt_runtime, tt_worker;
-- ;;
-- Moves of the last while: a row that was being written below during one may still name the old place, which no tenant ever has again.
create table app.moves (
  from_path text collate "C" primary key,
  to_path   text collate "C" not null,
  at        timestamptz not null
);
-- ;;
select app.place('app.moves', 'local');
-- ;;
grant select, insert, delete on app.moves to tt_worker;
-- ;;
-- The paths of a tenant and of all above it.
create function app.lineage(path text) returns text[] language sql immutable parallel safe as $$
  select array_agg(left(path, n)) from generate_series(4, length(path), 4) n
$$;
-- ;;
-- The day map of a month from a day to before another; open where there is no other.
create function app.days_between(month date, first date, until date) returns int language sql immutable parallel safe as $$
  select app.days_from(month, first) & ~(case when until is null then 0 else app.days_from(month, until) end)
$$;
-- ;;
-- Whether the tenant at a path, or one above it, is inactive or deleted. Read with each credential, before there is a scope.
create function app.is_closed(of_path text) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
  select exists (
    select 1 from tenants t where t.path = any (app.lineage(of_path)) and t.state in ('inactive', 'deleted')
  )
$$;
-- ;;
alter function app.is_closed(text) owner to tt_search;
-- ;;
revoke all on function app.is_closed(text) from public;
-- ;;
grant execute on function app.is_closed(text) to tt_runtime, tt_worker;
-- ;;
-- As before, but what was deleted is found only by who asks for it.
create or replace function app.search_tenants(lo text, hi text, q text, parent uuid, of_level text, in_state text, after_key text, after_id uuid, n int)
returns table (realm_id bigint, id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select t.realm_id, t.id from tenants t
  where t.path >= lo and t.path < hi
    and t.path >= current_setting('app.lo', true) and t.path < current_setting('app.hi', true)
    and t.name_key like '%' || replace(replace(replace(q, '\', '\\'), '%', '\%'), '_', '\_') || '%'
    and (parent is null or t.parent_id = parent)
    and (of_level is null or t.level = of_level)
    and (t.state = in_state or (in_state is null and t.state <> 'deleted'))
    and (after_key is null or (t.name_key, t.id) > (after_key, after_id))
  order by t.name_key, t.id limit n
$$;
-- ;;
-- A move carries rows and what they point to in any order: all checks wait for its end.
alter table prices alter constraint prices_list deferrable;
-- ;;
alter table audit_personal alter constraint audit_personal_entry deferrable;
-- ;;
alter table invoice_lines alter constraint invoice_lines_invoice deferrable;
-- ;;
-- What a move and a purge look up by path.
create index audit_personal_path on audit_personal (path);
-- ;;
create index invoice_lines_path on invoice_lines (path);
-- ;;
create index invoice_lines_seller on invoice_lines (seller_path);
-- ;;
create index asked_prices_seller on asked_prices (seller_path);
-- ;;
create index idempotency_keys_path on idempotency_keys (path);
-- ;;
-- The path that a unit was rated under. Invoices follow it, whoever stands above the customer later.
alter table rated_units add column chain text collate "C";
-- ;;
create index rated_units_chain on rated_units (month, (coalesce(chain, path)));
-- ;;
-- A sealed entry does not hold its path, which follows the tenant.
grant update (path) on audit_entries, audit_personal to tt_worker;
-- ;;
grant select on app.table_class to tt_worker;
-- ;;
-- Tables whose rows stay in their realm: what was sealed or issued there, and what is about to be read.
create function app.stays_in_realm(relname text) returns boolean language sql immutable as $$
  select relname in ('audit_entries', 'audit_personal', 'invoices', 'invoice_lines', 'outbox', 'idempotency_keys')
$$;
-- ;;
-- Distributed tables with a path, and whether their rows go along to another realm.
create function app.owned_tables() returns table (rel regclass, stays boolean) language sql stable as $$
  select to_regclass(c.relname), app.stays_in_realm(c.relname)
  from app.table_class c
  where c.class = 'distributed'
    and exists (select 1 from pg_attribute a where a.attrelid = to_regclass(c.relname) and a.attname = 'path' and not a.attisdropped)
  order by c.relname
$$;
-- ;;
-- Directories that point to rows of a distributed table: a column user_id points to users. Answers where they stand below `top`.
create function app.directory_links() returns table (rel regclass, link text, noun regclass, has_realm boolean) language sql stable as $$
  select to_regclass(c.relname), a.attname::text, to_regclass(left(a.attname::text, -3) || 's'),
    exists (select 1 from pg_attribute r where r.attrelid = to_regclass(c.relname) and r.attname = 'realm_id')
  from app.table_class c
  join pg_attribute a on a.attrelid = to_regclass(c.relname) and a.attnum > 0 and not a.attisdropped
  where c.class = 'directory' and a.attname like '%\_id' and a.attname <> 'realm_id'
    and left(a.attname::text, -3) || 's' in (select d.relname from app.table_class d where d.class = 'distributed')
  order by 1
$$;
-- ;;
-- Writes the new place of everything below `top` into every column that holds a path.
create function app.rewrite_paths(top text, to_path text) returns void language plpgsql as $$
declare spot record;
begin
  for spot in
    select o.rel, a.attname from app.owned_tables() o
    join pg_attribute a on a.attrelid = o.rel and a.attnum > 0 and not a.attisdropped
    where o.rel <> 'outbox'::regclass and a.atttypid = 'text'::regtype and (a.attname = 'path' or a.attname like '%\_path')
    union all
    select 'realms'::regclass, 'path'
  loop
    execute format('update %s set %2$I = $1 || substr(%2$I, $2) where %2$I >= $3 and %2$I < $4', spot.rel, spot.attname)
      using to_path, length(top) + 1, top, top || '~';
  end loop;
  -- Only what some reader has still to read.
  select coalesce(min(p.xid), '0'::xid8) as xid into spot from app.outbox_positions p;
  update outbox set path = to_path || substr(path, length(top) + 1) where xid >= spot.xid and path >= top and path < top || '~';
end $$;
-- ;;
-- Copies what stands below `top` into another realm and removes it where it was, table by table. R-TREE-6.
create function app.change_realm(top text, from_realm bigint, to_realm bigint) returns void language plpgsql as $$
declare spot record; columns text;
begin
  for spot in select * from app.directory_links() where has_realm loop
    execute format('update %s d set realm_id = $1 from %s n where n.realm_id = $2 and n.id = d.%I and d.realm_id = $2 and n.path >= $3 and n.path < $4',
      spot.rel, spot.noun, spot.link) using to_realm, from_realm, top, top || '~';
  end loop;
  insert into invoice_counters (realm_id, seller_id, year, last)
    select to_realm, c.seller_id, c.year, c.last from invoice_counters c
    join tenants t on t.realm_id = c.realm_id and t.id = c.seller_id
    where c.realm_id = from_realm and t.path >= top and t.path < top || '~'
    on conflict (realm_id, seller_id, year) do update set last = greatest(invoice_counters.last, excluded.last);
  delete from invoice_counters c using tenants t
    where c.realm_id = from_realm and t.realm_id = from_realm and t.id = c.seller_id and t.path >= top and t.path < top || '~';
  insert into rated_months (realm_id, month, rated_at)
    select to_realm, m.month, m.rated_at from rated_months m where m.realm_id = from_realm on conflict do nothing;
  for spot in select rel from app.owned_tables() where not stays loop
    select string_agg(quote_ident(a.attname), ', ' order by a.attnum) into columns
      from pg_attribute a where a.attrelid = spot.rel and a.attnum > 0 and not a.attisdropped and a.attname <> 'realm_id' and a.attgenerated = '';
    execute format('insert into %1$s (realm_id, %2$s) select $1, %2$s from %1$s where realm_id = $2 and path >= $3 and path < $4', spot.rel, columns)
      using to_realm, from_realm, top, top || '~';
    execute format('delete from %s where realm_id = $1 and path >= $2 and path < $3', spot.rel) using from_realm, top, top || '~';
  end loop;
end $$;
-- ;;
-- The sums above a subtree, without it at the old place and with it at the new one: what is there, less what the reader of the outbox has
-- still to count, which it will count at the new place.
create function app.shift_sums(top text, to_path text) returns void language plpgsql as $$
declare
  moved record; seen record;
begin
  select coalesce(max(p.xid), '0'::xid8) as xid, coalesce(max(p.id::text), '00000000-0000-0000-0000-000000000000')::uuid as id into seen
    from app.outbox_positions p where p.consumer = 'tenant-sums';
  select
    (select count(*) from tenants t where t.path >= top and t.path < top || '~' and t.state <> 'deleted') - coalesce(sum(case o.topic
      when 'tenant.created' then 1 when 'tenant.restored' then (o.payload ->> 'tenants')::bigint
      when 'tenant.deleted' then -(o.payload ->> 'tenants')::bigint else 0 end), 0) as tenants,
    (select count(*) from devices d join tenants t on t.realm_id = d.realm_id and t.id = d.tenant_id
      where d.path >= top and d.path < top || '~' and d.state <> 'deleted' and t.state <> 'deleted') - coalesce(sum(case o.topic
      when 'device.enrolled' then 1 when 'device.removed' then -1 when 'tenant.restored' then (o.payload ->> 'devices')::bigint
      when 'tenant.deleted' then -(o.payload ->> 'devices')::bigint else 0 end), 0) as devices
    into moved
  from outbox o
  where o.path >= top and o.path < top || '~'
    and (o.xid, o.id) > (seen.xid, seen.id);
  update tenant_sums set tenants = tenants - moved.tenants, devices = devices - moved.devices where path = any (app.lineage(left(top, -4)));
  update tenant_sums set tenants = tenants + moved.tenants, devices = devices + moved.devices where path = any (app.lineage(left(to_path, -4)));
end $$;
-- ;;
-- Whether an invoice to the tenant at `top` or to one below it is a draft. Says no more: such invoices are seen by their ends only.
create function app.has_drafts(top text) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
  select exists (
    select 1 from invoices i
    where i.path >= top and i.path < top || '~' and i.state = 'draft'
      and i.path >= current_setting('app.lo', true) and i.path < current_setting('app.hi', true)
  )
$$;
-- ;;
-- Moves the tenant at `top` and everything below it to `to_path`, under `parent`. R-TREE-6. Acts past the policies, so it keeps inside the
-- bounds of the scope by itself; refuses while a billing run goes on (55P03: the caller may try again).
create function app.move_subtree(top text, to_path text, parent uuid, to_realm bigint, at timestamptz) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  root tenants; locked bigint := -1; found_now bigint; home bigint;
begin
  if not (top > current_setting('app.lo', true) and top < current_setting('app.hi', true)
      and to_path > current_setting('app.lo', true) and to_path < current_setting('app.hi', true)) then
    raise exception 'app.move_subtree: out of scope';
  end if;
  set constraints all deferred;
  -- The reader of the outbox adds to sums by path: it waits, or is waited for.
  perform 1 from app.outbox_positions where consumer = 'tenant-sums' for update;
  -- From here on one move goes on at a time; what another has changed since the caller looked is seen now.
  select * into root from tenants where path = top;
  if root.id is null then
    raise exception using errcode = '55P03', message = 'it has moved in the meantime';
  end if;
  perform 1 from realms where id in (root.realm_id, to_realm) order by id for update;
  if exists (select 1 from billing_runs where realm_id = 0 and state = 'running') then
    raise exception using errcode = '55P03', message = 'a billing run is going on';
  end if;
  -- Whoever is adding below has read the old place: they are waited for, and what they added is found by the next look.
  loop
    perform 1 from tenants where path >= top and path < top || '~' order by path for update;
    select count(*) into found_now from tenants where path >= top and path < top || '~';
    exit when found_now = locked;
    locked := found_now;
  end loop;
  perform app.shift_sums(top, to_path);
  delete from asked_prices where realm_id = root.realm_id and buyer_id = root.id;
  if to_realm <> root.realm_id then perform app.change_realm(top, root.realm_id, to_realm); end if;
  perform app.rewrite_paths(top, to_path);
  select t.realm_id into home from tenants t where t.id = parent;
  update tenants set parent_id = parent, version = version + 1, local_parent_id = case when home = to_realm then parent end
    where realm_id = to_realm and id = root.id;
  update tenants set child_count = child_count - 1 where id = root.parent_id and root.deleted_at is null;
  insert into app.moves (from_path, to_path, at) values (top, to_path, at);
  update app.revocations set epoch = epoch + 1 where id = 1;
end $$;
-- ;;
-- The storage location never changes but by vendor support, with a reason. R-PLACE-3. The runtime role has no right to the column itself.
create function app.override_storage_location(of_realm bigint, of_id uuid, location text, reason text) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if coalesce(btrim(reason), '') = '' then
    raise exception 'app.override_storage_location: a reason is needed';
  end if;
  if current_setting('app.lo', true) is distinct from '0000' then
    raise exception 'app.override_storage_location: only the vendor';
  end if;
  update tenants set storage_location = location, version = version + 1 where realm_id = of_realm and id = of_id;
end $$;
-- ;;
-- Erases the tenant at `top` and everything below it for good, but for what is sealed or issued; of the audit log the personal values go.
-- R-TREE-8, R-KEEP-1, R-KEEP-2. Run by tt_worker.
create function app.purge_subtree(top text) returns void language plpgsql as $$
declare spot record;
begin
  set constraints all deferred;
  for spot in select * from app.directory_links() loop
    execute format('delete from %s d using %s n where n.id = d.%I and n.path >= $1 and n.path < $2', spot.rel, spot.noun, spot.link)
      using top, top || '~';
  end loop;
  delete from audit_personal where path >= top and path < top || '~';
  for spot in select rel from app.owned_tables() where not stays and rel <> 'rated_units'::regclass loop
    execute format('delete from %s where path >= $1 and path < $2', spot.rel) using top, top || '~';
  end loop;
  delete from idempotency_keys where path >= top and path < top || '~';
  update realms set name_key = 'purged:' || id, parent_tenant_id = null where path = top;
end $$;
-- ;;
-- What moves and relocates acts as tt_worker, the only role beside the owner that may change paths.
grant tt_worker to current_user;
-- ;;
grant create on schema app to tt_worker;
-- ;;
alter function app.move_subtree(text, text, uuid, bigint, timestamptz) owner to tt_worker;
-- ;;
alter function app.override_storage_location(bigint, uuid, text, text) owner to tt_worker;
-- ;;
alter function app.has_drafts(text) owner to tt_worker;
-- ;;
revoke all on function app.move_subtree(text, text, uuid, bigint, timestamptz), app.override_storage_location(bigint, uuid, text, text), app.has_drafts(text)
  from public;
-- ;;
grant execute on function app.move_subtree(text, text, uuid, bigint, timestamptz), app.override_storage_location(bigint, uuid, text, text), app.has_drafts(text)
  to tt_runtime;
-- ;;
revoke create on schema app from tt_worker;
-- ;;
revoke tt_worker from current_user;
-- ;;
