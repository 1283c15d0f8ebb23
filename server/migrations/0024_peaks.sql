-- Values that devices report, and the highest of a month as it was rated. Safe online: new tables, functions, policies of tables that are new.
-- One row per device, metric and month in which something was reported. R-ACT-7.
create table device_peaks (
  realm_id       bigint not null,
  device_id      uuid   not null,
  metric         text   not null check (metric in ('selected_size', 'used_storage', 'protected_users')),
  month          date   not null,
  tenant_id      uuid   not null,
  path           text collate "C" not null,
  -- the highest that was reported on each day; null where nothing was, and short where nothing was to the end
  highest        bigint[] not null,
  -- nothing is carried into later months
  is_uninstalled boolean not null default false,
  -- nothing is carried past that day
  deleted_on     date,
  primary key (realm_id, device_id, metric, month)
);
-- ;;
select app.place('device_peaks', 'distributed', 'realm_id', 'tenants');
-- ;;
create index device_peaks_path on device_peaks (path, month);
-- ;;
create index device_peaks_month on device_peaks (month);
-- ;;
select app.guard('device_peaks', 'subtree', 'select, insert, update (is_uninstalled, deleted_on)');
-- ;;
-- Day by day the higher one: any order and any repetition of reports gives the same. R-ACT-2.
create function app.merge_peaks(one bigint[], other bigint[]) returns bigint[] language sql immutable parallel safe as $$
  select coalesce(array_agg(greatest(u.a, u.b) order by u.n), '{}') from unnest(one, other) with ordinality u (a, b, n)
$$;
-- ;;
-- What a row leaves to the months after it: the value of its last day with a report.
create function app.peak_left(highest bigint[], is_uninstalled boolean, deleted_on date) returns bigint language sql immutable parallel safe as $$
  select case when is_uninstalled or deleted_on is not null then null
    else (select u.value from unnest(highest) with ordinality u (value, n) where u.value is not null order by u.n desc limit 1) end
$$;
-- ;;
-- The value of each day of a month, up to `last_day`: the highest report of the day, or what was carried into it. R-ACT-7.
create function app.peak_days(highest bigint[], carried bigint, last_day int) returns bigint[] language plpgsql immutable parallel safe as $$
declare value bigint := carried; days bigint[] := '{}';
begin
  for day in 1..least(last_day, 31) loop
    value := coalesce(highest[day], value);
    days[day] := value;
  end loop;
  return days;
end $$;
-- ;;
-- The highest value of the days in a map, and the first of them that had it.
create function app.peak_of(day_values bigint[], days int) returns table (peak bigint, peak_day int) language sql immutable parallel safe as $$
  select u.value, u.n::int from unnest(day_values) with ordinality u (value, n)
  where u.value is not null and days & (1 << (u.n::int - 1)) <> 0 order by u.value desc, u.n limit 1
$$;
-- ;;
-- The days that have a value.
create function app.peak_map(day_values bigint[]) returns int language sql immutable parallel safe as $$
  select coalesce(bit_or(1 << (u.n::int - 1)), 0) from unnest(day_values) with ordinality u (value, n) where u.value is not null
$$;
-- ;;
-- The month as it was rated, once per realm, a row for each place at which the device stood: every edge is charged from these rows, so the
-- quantities agree, and they are the evidence. R-BILL-2, R-BILL-6, R-BILL-9.
create table rated_peaks (
  realm_id     bigint not null,
  month        date   not null,
  customer_id  uuid   not null,
  offer_id     uuid   not null,
  device_id    uuid   not null,
  -- where the device's tenant stood; never changes
  place        text collate "C" not null,
  path         text collate "C" not null,
  site_id      uuid,
  metric       text   not null,
  -- null where it stood at one place all along
  from_day     date,
  until_day    date,
  days         int    not null,
  charged_days int    not null,
  -- the charged days at all places; null where it stood at one place all along
  of_days      int,
  -- bytes or users: the highest of the charged days at all places; of the days here where none here is charged
  peak         bigint not null,
  peak_on      date,
  -- the storage is not ours: its value is told and not charged
  is_own       boolean not null,
  deleted_on   date,
  primary key (realm_id, month, customer_id, offer_id, device_id, place)
);
-- ;;
select app.place('rated_peaks', 'distributed', 'realm_id', 'tenants');
-- ;;
create index rated_peaks_path on rated_peaks (path, month);
-- ;;
create index rated_peaks_place on rated_peaks (month, place);
-- ;;
select app.guard('rated_peaks', 'subtree', 'select');
-- ;;
create policy search on rated_peaks for select to tt_search using (true);
-- ;;
grant select on rated_peaks to tt_search;
-- ;;
-- What was rated below a tenant and has left its sight since: the evidence of its own invoices, and nothing else. Keeps inside the bounds of the
-- scope by itself. R-TREE-10, R-BILL-6.
create function app.peaks_beyond(of_tenant uuid, of_month date) returns setof rated_peaks
language sql stable security definer set search_path = public, pg_temp as $$
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
  select r.* from gone g join rated_peaks r on r.month = of_month and r.place = g.place
  where not (r.path >= current_setting('app.lo', true) and r.path < current_setting('app.hi', true))
$$;
-- ;;
grant create on schema app to tt_search;
-- ;;
alter function app.peaks_beyond(uuid, date) owner to tt_search;
-- ;;
revoke create on schema app from tt_search;
-- ;;
revoke all on function app.peaks_beyond(uuid, date) from public;
-- ;;
grant execute on function app.peaks_beyond(uuid, date) to tt_runtime;
-- ;;
