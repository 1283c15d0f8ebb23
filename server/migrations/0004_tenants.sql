-- Storage locations, realms, tenants, their companies and sums. Safe online: new tables only.
create table storage_locations (
  code      text primary key,
  name      text    not null,
  country   text    not null unique,
  withdrawn boolean not null default false
);
-- ;;
select app.place('storage_locations', 'reference');
-- ;;
-- Before the guard: the owner itself is held by the policies.
insert into storage_locations (code, name, country) values
  ('australia', 'Australia', 'AU'), ('belgium', 'Belgium', 'BE'), ('brazil', 'Brazil', 'BR'), ('canada', 'Canada', 'CA'),
  ('denmark', 'Denmark', 'DK'), ('france', 'France', 'FR'), ('germany', 'Germany', 'DE'), ('italy', 'Italy', 'IT'),
  ('netherlands', 'Netherlands', 'NL'), ('norway', 'Norway', 'NO'), ('portugal', 'Portugal', 'PT'),
  ('south_africa', 'South Africa', 'ZA'), ('spain', 'Spain', 'ES'), ('sweden', 'Sweden', 'SE'),
  ('switzerland', 'Switzerland', 'CH'), ('united_kingdom', 'United Kingdom', 'GB'), ('united_states', 'United States', 'US');
-- ;;
select app.guard('storage_locations', 'shared', 'select');
-- ;;
create table realms (
  id               bigint primary key,
  root_tenant_id   uuid not null unique,
  parent_tenant_id uuid,
  name_key         text collate "C" not null,
  path             text collate "C" not null unique,
  constraint realms_name unique (parent_tenant_id, name_key)
);
-- ;;
select app.place('realms', 'reference');
-- ;;
select app.guard('realms', 'subtree', 'select, insert, update');
-- ;;
create table tenants (
  realm_id               bigint  not null,
  id                     uuid    not null,
  path                   text collate "C" not null,
  parent_id              uuid,
  -- null for a realm's root, whose parent lives in another realm
  local_parent_id        uuid,
  level                  text    not null check (level in ('vendor', 'distributor', 'sub_distributor', 'reseller', 'end_customer', 'site')),
  name                   text    not null,
  name_key               text collate "C" not null,
  service_type           text    not null check (service_type in ('all_inclusive', 'software_only')),
  provided_service_types text[]  not null,
  device_country         text    not null,
  storage_location       text    not null references storage_locations (code),
  state                  text    not null check (state in ('in_trial', 'production', 'inactive', 'deleted')),
  trial_ends_at          timestamptz,
  usage_space_gb         numeric,
  auto_add_clients       boolean not null,
  email_reports          boolean not null,
  send_welcome_mail      boolean not null,
  external_id            text,
  child_counter          bigint  not null default 0,
  child_count            int     not null default 0,
  version                int     not null default 1,
  created_at             timestamptz not null,
  primary key (realm_id, id),
  constraint tenants_path_unique unique (realm_id, path),
  constraint tenants_name unique (realm_id, parent_id, name_key),
  constraint tenants_parent foreign key (realm_id, local_parent_id) references tenants (realm_id, id) deferrable
);
-- ;;
select app.place('tenants', 'distributed', 'realm_id', 'tenants');
-- ;;
create index tenants_path on tenants (path);
-- ;;
create index tenants_children on tenants (parent_id, name_key, id);
-- ;;
create index tenants_id on tenants (id);
-- ;;
create index tenants_by_name on tenants (name_key, id);
-- ;;
create index tenants_trial_end on tenants (trial_ends_at) where state = 'in_trial';
-- ;;
create index tenants_search on tenants using gin (name_key gin_trgm_ops);
-- ;;
select app.guard('tenants', 'subtree', 'select, insert');
-- ;;
-- The storage location, the level and the realm never change: they are not in the runtime role's grants. R-PLACE-3, R-TREE-1.
grant update (name, name_key, provided_service_types, device_country, state, trial_ends_at, usage_space_gb, auto_add_clients,
  email_reports, external_id, child_counter, child_count, version) on tenants to tt_runtime;
-- ;;
-- What a tenant shows to those it sells to: its name. Branding joins it. Readable from below. R-TREE-9.
create table tenant_brands (
  realm_id  bigint not null,
  tenant_id uuid   not null,
  path      text collate "C" not null,
  name      text   not null,
  color     text   not null default '#0b7285',
  primary key (realm_id, tenant_id),
  constraint tenant_brands_tenant foreign key (realm_id, tenant_id) references tenants (realm_id, id) deferrable
);
-- ;;
select app.place('tenant_brands', 'distributed', 'realm_id', 'tenants');
-- ;;
create index tenant_brands_path on tenant_brands (path);
-- ;;
select app.guard('tenant_brands', 'inherited', 'select, insert, update');
-- ;;
create table companies (
  realm_id           bigint not null,
  tenant_id          uuid   not null,
  path               text collate "C" not null,
  legal_name         text,
  vat_number         text,
  street             text,
  postal_code        text,
  city               text,
  country            text,
  web_site           text,
  customer_reference text,
  contact_name       text,
  contact_email      text,
  primary key (realm_id, tenant_id),
  constraint companies_tenant foreign key (realm_id, tenant_id) references tenants (realm_id, id) deferrable
);
-- ;;
select app.place('companies', 'distributed', 'realm_id', 'tenants');
-- ;;
create index companies_path on companies (path);
-- ;;
select app.guard('companies', 'subtree', 'select, insert, update');
-- ;;
-- Sums over the subtree, itself included for devices. Kept by a reader of the outbox.
create table tenant_sums (
  realm_id  bigint not null,
  tenant_id uuid   not null,
  path      text collate "C" not null,
  tenants   bigint not null default 0,
  devices   bigint not null default 0,
  primary key (realm_id, tenant_id),
  constraint tenant_sums_tenant foreign key (realm_id, tenant_id) references tenants (realm_id, id) deferrable
);
-- ;;
select app.place('tenant_sums', 'distributed', 'realm_id', 'tenants');
-- ;;
create index tenant_sums_path on tenant_sums (path);
-- ;;
select app.guard('tenant_sums', 'subtree', 'select, insert');
-- ;;
-- The text search of tenants: `like` is not leakproof, so under row-level security it would read every row. The function runs
-- as tt_search, which may only read this table, and keeps inside the bounds of the scope that has been entered.
create function app.search_tenants(lo text, hi text, q text, parent uuid, of_level text, in_state text, after_key text, after_id uuid, n int)
returns table (realm_id bigint, id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select t.realm_id, t.id from tenants t
  where t.path >= lo and t.path < hi
    and t.path >= current_setting('app.lo', true) and t.path < current_setting('app.hi', true)
    and t.name_key like '%' || replace(replace(replace(q, '\', '\\'), '%', '\%'), '_', '\_') || '%'
    and (parent is null or t.parent_id = parent)
    and (of_level is null or t.level = of_level)
    and (in_state is null or t.state = in_state)
    and (after_key is null or (t.name_key, t.id) > (after_key, after_id))
  order by t.name_key, t.id limit n
$$;
-- ;;
create policy search on tenants for select to tt_search using (true);
-- ;;
grant select on tenants to tt_search;
-- ;;
alter function app.search_tenants(text, text, text, uuid, text, text, text, uuid, int) owner to tt_search;
-- ;;
revoke all on function app.search_tenants(text, text, text, uuid, text, text, text, uuid, int) from public;
-- ;;
grant execute on function app.search_tenants(text, text, text, uuid, text, text, text, uuid, int) to tt_runtime;
-- ;;
