-- Machines with an agent, their keys, and the days on which they were alive. Safe online: new tables only.
create table devices (
  realm_id         bigint not null,
  id               uuid   not null,
  path             text collate "C" not null,
  tenant_id        uuid   not null,
  machine_id       text   not null,
  host_name        text   not null,
  host_name_key    text collate "C" not null,
  os               text   not null,
  os_version       text   not null,
  architecture     text   not null,
  machine_kind     text   not null,
  agent_version    text   not null,
  state            text   not null check (state in ('pending', 'active', 'deactivated', 'uninstalled', 'deleted')),
  enrolled_at      timestamptz not null,
  last_seen_at     timestamptz,
  primary key (realm_id, id),
  constraint devices_machine unique (realm_id, tenant_id, machine_id),
  constraint devices_tenant foreign key (realm_id, tenant_id) references tenants (realm_id, id) deferrable
);
-- ;;
select app.place('devices', 'distributed', 'realm_id', 'tenants');
-- ;;
create index devices_path on devices (path);
-- ;;
create index devices_id on devices (id);
-- ;;
create index devices_by_name on devices (host_name_key, id);
-- ;;
select app.guard('devices', 'subtree', 'select, insert, update');
-- ;;
create table device_keys (
  key_hash  bytea  primary key,
  realm_id  bigint not null,
  device_id uuid   not null
);
-- ;;
select app.place('device_keys', 'directory', 'key_hash');
-- ;;
create index device_keys_device on device_keys (device_id);
-- ;;
select app.guard('device_keys', 'lookup', 'select, insert, delete');
-- ;;
create table install_tokens (
  realm_id   bigint not null,
  tenant_id  uuid   not null,
  path       text collate "C" not null,
  token_hash bytea  not null,
  hint       text   not null,
  created_at timestamptz not null,
  primary key (realm_id, tenant_id),
  constraint install_tokens_tenant foreign key (realm_id, tenant_id) references tenants (realm_id, id) deferrable
);
-- ;;
select app.place('install_tokens', 'distributed', 'realm_id', 'tenants');
-- ;;
create index install_tokens_path on install_tokens (path);
-- ;;
select app.guard('install_tokens', 'subtree', 'select, insert, update');
-- ;;
create table install_token_hashes (
  token_hash bytea  primary key,
  realm_id   bigint not null,
  tenant_id  uuid   not null
);
-- ;;
select app.place('install_token_hashes', 'directory', 'token_hash');
-- ;;
select app.guard('install_token_hashes', 'lookup', 'select, insert, delete');
-- ;;
-- Who a device key belongs to, before there is a scope.
create function app.device_of(hash bytea) returns table (
  realm_id bigint, device_id uuid, tenant_id uuid, path text, state text, tenant_state text
) language sql stable security definer set search_path = public, pg_temp as $$
  select d.realm_id, d.id, d.tenant_id, d.path, d.state, t.state
  from device_keys k
  join devices d on d.realm_id = k.realm_id and d.id = k.device_id
  join tenants t on t.realm_id = d.realm_id and t.id = d.tenant_id
  where k.key_hash = hash
$$;
-- ;;
-- Whose install token this is, with the clock.
create function app.install_token_of(hash bytea) returns table (
  offset_ms bigint, frozen_at timestamptz, realm_id bigint, tenant_id uuid, tenant_name text, path text, tenant_state text
) language sql stable security definer set search_path = public, pg_temp as $$
  select c.offset_ms, c.frozen_at, t.realm_id, t.id, t.name, t.path, t.state
  from install_token_hashes h
  join tenants t on t.realm_id = h.realm_id and t.id = h.tenant_id
  cross join app.test_clock c
  where h.token_hash = hash and c.id = 1
$$;
-- ;;
create policy search on devices for select to tt_search using (true);
-- ;;
create policy search on device_keys for select to tt_search using (true);
-- ;;
create policy search on install_token_hashes for select to tt_search using (true);
-- ;;
grant select on devices, device_keys, install_token_hashes to tt_search;
-- ;;
alter function app.device_of(bytea) owner to tt_search;
-- ;;
alter function app.install_token_of(bytea) owner to tt_search;
-- ;;
revoke all on function app.device_of(bytea), app.install_token_of(bytea) from public;
-- ;;
grant execute on function app.device_of(bytea), app.install_token_of(bytea) to tt_runtime;
-- ;;
-- One row per device and month: bit d - 1 of `days` is day d of the month. 18 times smaller than a row per signal.
create table device_months (
  realm_id  bigint not null,
  month     date   not null,
  device_id uuid   not null,
  tenant_id uuid   not null,
  path      text collate "C" not null,
  days      int    not null,
  first_at  timestamptz not null,
  last_at   timestamptz not null,
  primary key (realm_id, month, device_id)
) partition by range (month);
-- ;;
select app.place('device_months', 'distributed', 'realm_id', 'tenants');
-- ;;
create index device_months_path on device_months (path, month);
-- ;;
select app.guard('device_months', 'subtree', 'select');
-- ;;
