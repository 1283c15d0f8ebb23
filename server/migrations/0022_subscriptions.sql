-- Trials of subscriptions and devices, their announcements, file policies. Safe online: new tables, columns that may be null or have a constant default.
alter table subscriptions
  -- null: never in trial
  add column trial_ends_at    timestamptz,
  -- the offer's when the trial began. R-TRIAL-2
  add column trial_end_policy text check (trial_end_policy in ('convert', 'deactivate')),
  -- the first day that its trial does not cover; null: there was none. R-TRIAL-4, R-BILL-9
  add column charged_from     date,
  -- the first day on which it stands no more
  add column ends_before      date,
  add column ended_at         timestamptz,
  -- of the announcements of its end, 7 and 1 days before, the last one that was made. R-TRIAL-5
  add column announced_days   int,
  add column version          int not null default 1,
  add constraint subscriptions_trial check (state <> 'in_trial' or (trial_ends_at is not null and trial_end_policy is not null));
-- ;;
create index subscriptions_trial_end on subscriptions (trial_ends_at) where state = 'in_trial';
-- ;;
-- What was subscribed to in a month, and which trials a customer has had of a product.
create index subscriptions_tenant on subscriptions (realm_id, tenant_id, product_key);
-- ;;
alter table tenants add column trial_announced_days int;
-- ;;
-- When a trial that nobody has switched to paid by then will stop the device: told from the clock, before anything has run. R-TRIAL-3.
alter table devices add column deactivates_at timestamptz;
-- ;;
-- By exact id, for whoever has just proved to be the device, before there is a scope.
create function app.deactivates_at(of_realm bigint, of_device uuid) returns timestamptz
language sql stable security definer set search_path = public, pg_temp as $$
  select d.deactivates_at from devices d where d.realm_id = of_realm and d.id = of_device
$$;
-- ;;
grant create on schema app to tt_search;
-- ;;
alter function app.deactivates_at(bigint, uuid) owner to tt_search;
-- ;;
revoke create on schema app from tt_search;
-- ;;
revoke all on function app.deactivates_at(bigint, uuid) from public;
-- ;;
grant execute on function app.deactivates_at(bigint, uuid) to tt_runtime, tt_worker;
-- ;;
-- A device in trial of an offer. R-TRIAL-2, R-DEV-9.
create table device_trials (
  realm_id       bigint not null,
  id             uuid   not null,
  path           text collate "C" not null,
  tenant_id      uuid   not null,
  device_id      uuid   not null,
  offer_id       uuid   not null references offers (id),
  product_key    text collate "C" not null,
  started_at     timestamptz not null,
  ends_at        timestamptz not null,
  end_policy     text   not null check (end_policy in ('convert', 'deactivate', 'take_from_pool')),
  outcome        text   not null check (outcome in ('running', 'converted', 'deactivated', 'taken_from_pool', 'unlicensed')),
  ended_at       timestamptz,
  -- when someone switched the device to paid, be it during the trial or after it
  switched_at    timestamptz,
  -- the first day that the trial does not cover; null: until someone switches it to paid. R-TRIAL-4, R-BILL-9
  charged_from   date,
  announced_days int,
  version        int    not null default 1,
  primary key (realm_id, id),
  constraint device_trials_tenant foreign key (realm_id, tenant_id) references tenants (realm_id, id) deferrable,
  constraint device_trials_device foreign key (realm_id, device_id) references devices (realm_id, id) on delete cascade deferrable
);
-- ;;
select app.place('device_trials', 'distributed', 'realm_id', 'tenants');
-- ;;
create index device_trials_path on device_trials (path, ends_at);
-- ;;
create index device_trials_of on device_trials (realm_id, device_id, started_at);
-- ;;
create unique index device_trials_running on device_trials (realm_id, device_id) where outcome = 'running';
-- ;;
create index device_trials_end on device_trials (ends_at) where outcome = 'running';
-- ;;
select app.guard('device_trials', 'subtree', 'select, insert, update');
-- ;;
-- Directory: which machine has had a trial of which product, whose device it was then or not: the same again is refused for 180 days. R-TRIAL-5.
create table machine_trials (
  machine_id  text collate "C" not null,
  product_key text collate "C" not null,
  started_at  timestamptz not null,
  primary key (machine_id, product_key)
);
-- ;;
select app.place('machine_trials', 'directory', 'machine_id');
-- ;;
create index machine_trials_age on machine_trials (started_at);
-- ;;
select app.guard('machine_trials', 'lookup', 'select, insert, update');
-- ;;
-- Tenants that want no mails about the ends of their trials. R-TRIAL-5.
create table trial_mail_refusals (
  realm_id  bigint not null,
  tenant_id uuid   not null,
  path      text collate "C" not null,
  at        timestamptz not null,
  primary key (realm_id, tenant_id),
  constraint trial_mail_refusals_tenant foreign key (realm_id, tenant_id) references tenants (realm_id, id) deferrable
);
-- ;;
select app.place('trial_mail_refusals', 'distributed', 'realm_id', 'tenants');
-- ;;
create index trial_mail_refusals_path on trial_mail_refusals (path);
-- ;;
select app.guard('trial_mail_refusals', 'subtree', 'select, insert, delete');
-- ;;
-- What may be sent up and fetched down: the first that matches, in the order of `position`, wins. R-POL-1.
create table file_policies (
  realm_id   bigint not null,
  id         uuid   not null,
  path       text collate "C" not null,
  tenant_id  uuid   not null,
  position   int    not null,
  direction  text   not null check (direction in ('upload', 'download')),
  web_sites  text[] not null,
  mime_types text[] not null,
  action     text   not null check (action in ('allow', 'block', 'sandbox')),
  created_at timestamptz not null,
  primary key (realm_id, id),
  constraint file_policies_position unique (realm_id, tenant_id, position) deferrable initially deferred,
  constraint file_policies_tenant foreign key (realm_id, tenant_id) references tenants (realm_id, id) deferrable
);
-- ;;
select app.place('file_policies', 'distributed', 'realm_id', 'tenants');
-- ;;
create index file_policies_path on file_policies (path);
-- ;;
create index file_policies_id on file_policies (id);
-- ;;
select app.guard('file_policies', 'subtree', 'select, insert, update, delete');
-- ;;
-- What stood in a month, one row per customer and offer: `days`, and of them `trial_days`, those that a trial of the subscription covers. R-TRIAL-4.
-- Of the caller's rights: the policies hold.
create function app.subscribed_days(of_month date) returns table (
  realm_id bigint, tenant_id uuid, path text, offer_id uuid, product_key text, days int, trial_days int
) language sql stable as $$
  select s.realm_id, s.tenant_id, s.path, s.offer_id, s.product_key, bit_or(app.days_between(of_month, s.started_on, s.ends_before)),
    bit_or(case when s.charged_from is null then 0 else app.days_between(of_month, s.started_on, least(s.charged_from, s.ends_before)) end)
  from subscriptions s
  where s.started_on < (of_month + interval '1 month') and (s.ends_before is null or s.ends_before > of_month)
  group by s.realm_id, s.tenant_id, s.path, s.offer_id, s.product_key
$$;
-- ;;
-- The days of a month that trials of devices cover, one row per device and product. R-TRIAL-4.
create function app.device_trial_days(of_month date) returns table (realm_id bigint, device_id uuid, product_key text, days int)
language sql stable as $$
  select t.realm_id, t.device_id, t.product_key, bit_or(app.days_between(of_month, (t.started_at at time zone 'UTC')::date, t.charged_from))
  from device_trials t
  where t.started_at < (of_month + interval '1 month') at time zone 'UTC' and (t.charged_from is null or t.charged_from > of_month)
  group by t.realm_id, t.device_id, t.product_key
$$;
-- ;;
-- As before, by the days on which the subscription stood, less those of its trial. For a tenant with devices that has moved: by place and offer, on which days of a month a device of it counts, and on which it is charged. Of two
-- moves on a day the place in between had no day at all. R-BILL-9. Reads past the policies, for a tenant in the scope only: who stood above it
-- before counts too.
create or replace function app.charged_stays(of_tenant uuid, of_path text, of_month date) returns table (
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
    i.days & s.days, i.days & s.days & ~s.trial_days & app.days_from(of_month, (c.trial_ends_at at time zone 'UTC')::date)
  from inside i
  cross join lateral (values (i.place, false), (left(i.place, -4), true)) v (place, is_site)
  cross join lateral app.tenant_at(v.place) c
  join app.subscribed_days(of_month) s on s.realm_id = c.realm_id and s.tenant_id = c.id
  where c.level = 'end_customer'
    and (session_user = 'tt_worker' or of_path >= current_setting('app.lo', true) and of_path < current_setting('app.hi', true))
$$;
-- ;;
