-- What a move leaves behind, so that the month of it is billed by day: the places that tenants had, the prices of ended edges, the parts of divided units.
-- Safe online: new tables; columns that may be null or have a constant default; functions.
-- A place that a tenant had, and the first day on which it stood elsewhere. No place is ever had twice: it names one tenant for good. R-BILL-9.
create table former_places (
  realm_id  bigint not null,
  place     text collate "C" not null,
  tenant_id uuid   not null,
  -- where the tenant stands now
  path      text collate "C" not null,
  until_day date   not null,
  moved_at  timestamptz not null,
  primary key (realm_id, place)
);
-- ;;
select app.place('former_places', 'distributed', 'realm_id', 'tenants');
-- ;;
create index former_places_path on former_places (path);
-- ;;
create index former_places_place on former_places (place);
-- ;;
create index former_places_tenant on former_places (tenant_id, until_day);
-- ;;
select app.guard('former_places', 'subtree', 'select');
-- ;;
-- What was asked on an edge that a move has ended: what was used on it is charged at these prices. The rows are kept as JSON, so that they hold
-- whatever a price is made of.
create table ended_prices (
  realm_id    bigint not null,
  buyer_id    uuid   not null,
  ended_at    timestamptz not null,
  path        text collate "C" not null,
  seller_path text collate "C" not null,
  seller_id   uuid   not null,
  prices      jsonb  not null,
  primary key (realm_id, buyer_id, ended_at)
);
-- ;;
select app.place('ended_prices', 'distributed', 'realm_id', 'tenants');
-- ;;
create index ended_prices_path on ended_prices (path);
-- ;;
create index ended_prices_seller on ended_prices (seller_path);
-- ;;
create index ended_prices_edge on ended_prices (buyer_id, seller_id);
-- ;;
select app.guard('ended_prices', 'worker', '');
-- ;;
-- The units of tenants that moved in the month or since, one row for each place at which the device stood: its days there, and of how many charged
-- days in all places they are a part. What did not move stands in rated_units.
create table rated_parts (
  realm_id     bigint not null,
  month        date   not null,
  customer_id  uuid   not null,
  offer_id     uuid   not null,
  device_id    uuid   not null,
  -- where the device's tenant stood; never changes
  place        text collate "C" not null,
  path         text collate "C" not null,
  site_id      uuid,
  from_day     date   not null,
  until_day    date,
  days         int    not null,
  charged_days int    not null,
  of_days      int    not null,
  primary key (realm_id, month, customer_id, offer_id, device_id, place)
);
-- ;;
select app.place('rated_parts', 'distributed', 'realm_id', 'tenants');
-- ;;
create index rated_parts_path on rated_parts (path, month);
-- ;;
create index rated_parts_place on rated_parts (month, place);
-- ;;
select app.guard('rated_parts', 'subtree', 'select');
-- ;;
-- The quantity of a line is `quantity` / `divisor`; where units are divided, what explains it. R-BILL-6, R-BILL-9.
alter table invoice_lines
  add column divisor  bigint not null default 1,
  add column division jsonb;
-- ;;
-- A draft of an edge whose currency nobody has said yet.
alter table invoices alter column currency drop not null;
-- ;;
create index invoices_ends on invoices (buyer_id, seller_id, month);
-- ;;
create policy search on former_places for select to tt_search using (true);
-- ;;
create policy search on tenant_pauses for select to tt_search using (true);
-- ;;
create policy search on subscriptions for select to tt_search using (true);
-- ;;
create policy search on rated_units for select to tt_search using (true);
-- ;;
create policy search on rated_parts for select to tt_search using (true);
-- ;;
grant select on former_places, tenant_pauses, subscriptions, rated_units, rated_parts to tt_search;
-- ;;
-- The tenant that a place names, now or formerly, as far as it was not erased.
create function app.tenant_at(of_place text) returns table (realm_id bigint, id uuid, path text, level text, trial_ends_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select t.realm_id, t.id, t.path, t.level, t.trial_ends_at from tenants t where t.path = of_place
  union all
  select t.realm_id, t.id, t.path, t.level, t.trial_ends_at
  from former_places f join tenants t on t.realm_id = f.realm_id and t.id = f.tenant_id where f.place = of_place
$$;
-- ;;
-- The days of a month on which whoever stood at or above a place makes it free of charge. R-TREE-7.
create function app.paused_days(of_place text, of_month date) returns int
language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce(bit_or(app.days_between(of_month, p.from_day, p.to_day)), 0)
  from unnest(app.lineage(of_place)) l (place)
  cross join lateral app.tenant_at(l.place) t
  join tenant_pauses p on p.realm_id = t.realm_id and p.tenant_id = t.id
  where p.from_day < (of_month + interval '1 month') and (p.to_day is null or p.to_day > of_month)
$$;
-- ;;
-- For a tenant with devices that has moved: by place and offer, on which days of a month a device of it counts, and on which it is charged. Of two
-- moves on a day the place in between had no day at all. R-BILL-9. Reads past the policies, for a tenant in the scope only: who stood above it
-- before counts too.
create function app.charged_stays(of_tenant uuid, of_path text, of_month date) returns table (
  customer_realm bigint, customer_id uuid, customer_path text, offer_id uuid, site_id uuid, path text, place text,
  from_day date, until_day date, counted int, charged int
) language sql stable security definer set search_path = public, pg_temp as $$
  with stays as (
    (select distinct on (f.until_day) f.place, f.until_day from former_places f
      where f.tenant_id = of_tenant and f.until_day > of_month order by f.until_day, f.moved_at)
    union all
    select of_path, null
  ), spans as (
    select s.place, coalesce(lag(s.until_day) over (order by s.until_day nulls last), of_month) as from_day, s.until_day from stays s
  ), inside as (
    select s.*, app.days_between(of_month, s.from_day, s.until_day) & ~app.paused_days(s.place, of_month) as days
    from spans s where s.from_day < (of_month + interval '1 month')
  )
  select c.realm_id, c.id, c.path, s.offer_id, case when v.is_site then of_tenant end,
    c.path || case when v.is_site then right(i.place, 4) else '' end, i.place, i.from_day, i.until_day,
    i.days & app.days_from(of_month, s.started_on),
    i.days & app.days_from(of_month, s.started_on) & app.days_from(of_month, (c.trial_ends_at at time zone 'UTC')::date)
  from inside i
  cross join lateral (values (i.place, false), (left(i.place, -4), true)) v (place, is_site)
  cross join lateral app.tenant_at(v.place) c
  join subscriptions s on s.realm_id = c.realm_id and s.tenant_id = c.id and s.state <> 'ended'
  where c.level = 'end_customer'
    and (session_user = 'tt_worker' or of_path >= current_setting('app.lo', true) and of_path < current_setting('app.hi', true))
$$;
-- ;;
-- The places of an edge: those that the buyer has had under the seller.
create function app.edge_places(of_seller uuid, of_buyer uuid) returns setof text
language sql stable security definer set search_path = public, pg_temp as $$
  select b.place from (
    select t.path as place from tenants t where t.id = of_buyer
    union all
    select f.place from former_places f where f.tenant_id = of_buyer
  ) b
  where exists (
    select 1 from tenants t where t.path = left(b.place, -4) and t.id = of_seller
    union all
    select 1 from former_places f where f.place = left(b.place, -4) and f.tenant_id = of_seller
  )
$$;
-- ;;
-- What was rated below a tenant and has left its sight since: the evidence of its own invoices, and nothing else. Keeps inside the bounds of the
-- scope by itself. R-TREE-10, R-BILL-6.
create function app.rated_beyond(of_tenant uuid, of_month date) returns table (
  realm_id bigint, customer_id uuid, offer_id uuid, device_id uuid, place text, site_id uuid, from_day date, until_day date,
  days int, charged_days int, of_days int
) language sql stable security definer set search_path = public, pg_temp as $$
  with own as (
    select t.path as place from tenants t where t.id = of_tenant
      and t.path >= current_setting('app.lo', true) and t.path < current_setting('app.hi', true)
    union all
    select f.place from former_places f where f.tenant_id = of_tenant
      and f.path >= current_setting('app.lo', true) and f.path < current_setting('app.hi', true)
  ), gone as (
    select distinct f.place from own join former_places f on f.place >= own.place and f.place < own.place || '~'
    where f.until_day > of_month
  )
  select r.realm_id, r.customer_id, r.offer_id, r.device_id, g.place, r.site_id, null::date, null::date, r.days, r.charged_days, null::int
  from gone g join rated_units r on r.month = of_month and coalesce(r.chain, r.path) = g.place
  where not (r.path >= current_setting('app.lo', true) and r.path < current_setting('app.hi', true))
  union all
  select r.realm_id, r.customer_id, r.offer_id, r.device_id, r.place, r.site_id, r.from_day, r.until_day, r.days, r.charged_days, r.of_days
  from gone g join rated_parts r on r.month = of_month and r.place = g.place
  where not (r.path >= current_setting('app.lo', true) and r.path < current_setting('app.hi', true))
$$;
-- ;;
alter function app.tenant_at(text) owner to tt_search;
-- ;;
alter function app.paused_days(text, date) owner to tt_search;
-- ;;
alter function app.charged_stays(uuid, text, date) owner to tt_search;
-- ;;
alter function app.edge_places(uuid, uuid) owner to tt_search;
-- ;;
alter function app.rated_beyond(uuid, date) owner to tt_search;
-- ;;
revoke all on function app.tenant_at(text), app.paused_days(text, date), app.charged_stays(uuid, text, date), app.edge_places(uuid, uuid),
  app.rated_beyond(uuid, date) from public;
-- ;;
grant execute on function app.charged_stays(uuid, text, date), app.edge_places(uuid, uuid) to tt_runtime, tt_worker;
-- ;;
grant execute on function app.rated_beyond(uuid, date) to tt_runtime;
-- ;;
-- As before; the evidence of what was billed, and the places that explain it, outlive the tenant.
create or replace function app.purge_subtree(top text) returns void language plpgsql as $$
declare spot record;
begin
  set constraints all deferred;
  for spot in select * from app.directory_links() loop
    execute format('delete from %s d using %s n where n.id = d.%I and n.path >= $1 and n.path < $2', spot.rel, spot.noun, spot.link)
      using top, top || '~';
  end loop;
  delete from audit_personal where path >= top and path < top || '~';
  for spot in select rel from app.owned_tables()
    where not stays and rel not in ('rated_units'::regclass, 'rated_parts'::regclass, 'former_places'::regclass) loop
    execute format('delete from %s where path >= $1 and path < $2', spot.rel) using top, top || '~';
  end loop;
  delete from idempotency_keys where path >= top and path < top || '~';
  update realms set name_key = 'purged:' || id, parent_tenant_id = null where path = top;
end $$;
-- ;;
-- What acts as tt_worker is its own.
grant tt_worker to current_user;
-- ;;
grant create on schema app to tt_worker;
-- ;;
drop function app.has_drafts(text);
-- ;;
drop function app.move_subtree(text, text, uuid, bigint, timestamptz);
-- ;;
-- Moves the tenant at `top` and everything below it to `to_path`, under `parent`. R-TREE-6. From `day` on it stands there: R-BILL-9. Acts past the
-- policies, so it keeps inside the bounds of the scope by itself; refuses while a billing run goes on (55P03: the caller may try again).
create function app.move_subtree(top text, to_path text, parent uuid, to_realm bigint, at timestamptz, day date) returns void
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
  -- Signals hold their device before they write its days: by its id, as here.
  perform 1 from devices where path >= top and path < top || '~' order by id for update;
  perform app.shift_sums(top, to_path);
  insert into former_places (realm_id, place, tenant_id, path, until_day, moved_at)
    select t.realm_id, t.path, t.id, t.path, day, at from tenants t where t.path >= top and t.path < top || '~';
  insert into ended_prices (realm_id, buyer_id, ended_at, path, seller_path, seller_id, prices)
    select a.realm_id, a.buyer_id, at, a.path, a.seller_path, a.seller_id, jsonb_agg(to_jsonb(a))
    from asked_prices a where a.realm_id = root.realm_id and a.buyer_id = root.id group by 1, 2, 3, 4, 5, 6;
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
alter function app.move_subtree(text, text, uuid, bigint, timestamptz, date) owner to tt_worker;
-- ;;
revoke all on function app.move_subtree(text, text, uuid, bigint, timestamptz, date) from public;
-- ;;
grant execute on function app.move_subtree(text, text, uuid, bigint, timestamptz, date) to tt_runtime;
-- ;;
revoke create on schema app from tt_worker;
-- ;;
revoke tt_worker from current_user;
-- ;;
