-- Flags and versions of users, API keys, second factors, sign-in policies. Safe online: new tables, columns with constant defaults.
alter table users
  add column security_officer boolean not null default false,
  add column support boolean not null default false,
  add column version int not null default 1;
-- ;;
grant delete on users, logins to tt_runtime;
-- ;;
-- Sessions are listed for their own user, who names them by id: the token never leaves the cookie.
alter table sessions
  add column id uuid not null default gen_random_uuid(),
  add column user_agent text not null default '';
-- ;;
create index sessions_user on sessions (user_id);
-- ;;
create index logins_user on logins (user_id);
-- ;;
create index sign_in_links_user on sign_in_links (user_id);
-- ;;
create table api_keys (
  realm_id   bigint not null,
  id         uuid   not null,
  path       text collate "C" not null,
  tenant_id  uuid   not null,
  name       text   not null,
  hint       text   not null,
  role       text   not null check (role in ('superuser', 'administrator', 'manager', 'operator', 'supporter', 'finance')),
  scopes     text[] not null,
  created_by uuid   not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (realm_id, id),
  constraint api_keys_tenant foreign key (realm_id, tenant_id) references tenants (realm_id, id) deferrable
);
-- ;;
select app.place('api_keys', 'distributed', 'realm_id', 'tenants');
-- ;;
create index api_keys_path on api_keys (path);
-- ;;
create index api_keys_id on api_keys (id);
-- ;;
create index api_keys_created_by on api_keys (created_by);
-- ;;
select app.guard('api_keys', 'subtree', 'select, insert, delete');
-- ;;
-- Directory: a key is found by its hash in the whole system.
create table api_key_hashes (
  key_hash   bytea  primary key,
  realm_id   bigint not null,
  api_key_id uuid   not null
);
-- ;;
select app.place('api_key_hashes', 'directory', 'key_hash');
-- ;;
create index api_key_hashes_key on api_key_hashes (api_key_id);
-- ;;
select app.guard('api_key_hashes', 'lookup', 'select, insert, delete');
-- ;;
-- Directory beside logins: read at a sign-in, before there is a scope. The secret has to be read again for each code, so it is no hash.
create table second_factors (
  user_id      uuid    primary key,
  secret       text    not null,
  -- null until a first code has proved that the authenticator has the secret
  confirmed_at timestamptz,
  -- the time step of the last code that was taken: each works once
  last_step    bigint  not null default 0
);
-- ;;
select app.place('second_factors', 'directory', 'user_id');
-- ;;
select app.guard('second_factors', 'lookup', 'select, insert, update, delete');
-- ;;
create table recovery_codes (
  user_id   uuid  not null,
  code_hash bytea not null,
  primary key (user_id, code_hash)
);
-- ;;
select app.place('recovery_codes', 'directory', 'user_id');
-- ;;
select app.guard('recovery_codes', 'lookup', 'select, insert, delete');
-- ;;
-- Whoever has proved the password and still has to prove the second factor. Short-lived, taken once.
create table sign_in_challenges (
  token_hash bytea  primary key,
  email_key  text collate "C" not null,
  proved     text   not null check (proved in ('password', 'link')),
  expires_at timestamptz not null
);
-- ;;
select app.place('sign_in_challenges', 'directory', 'token_hash');
-- ;;
create index sign_in_challenges_expiry on sign_in_challenges (expires_at);
-- ;;
select app.guard('sign_in_challenges', 'lookup', 'select, insert, delete');
-- ;;
-- What a tenant asks of the sign-in of its users and of those below it.
create table sign_in_policies (
  realm_id              bigint  not null,
  tenant_id             uuid    not null,
  path                  text collate "C" not null,
  require_second_factor boolean not null,
  primary key (realm_id, tenant_id),
  constraint sign_in_policies_tenant foreign key (realm_id, tenant_id) references tenants (realm_id, id) deferrable
);
-- ;;
select app.place('sign_in_policies', 'distributed', 'realm_id', 'tenants');
-- ;;
create index sign_in_policies_path on sign_in_policies (path);
-- ;;
select app.guard('sign_in_policies', 'inherited', 'select, insert, update');
-- ;;
-- What a session's user has and what is asked of it, in the round trip of app.session_of: a tenant inherits from all above it.
create function app.sign_in_of(of_user uuid, of_path text)
returns table (security_officer boolean, support boolean, has_second_factor boolean, needs_second_factor boolean)
language sql stable security definer set search_path = public, pg_temp as $$
  select u.security_officer, u.support,
    exists (select 1 from second_factors f where f.user_id = of_user and f.confirmed_at is not null),
    exists (
      select 1 from sign_in_policies p
      where p.require_second_factor
        and p.path = any (app.lineage(of_path))
    )
  from users u where u.id = of_user and u.path = of_path
$$;
-- ;;
-- Who an API key belongs to and what it may touch, with the clock, in one round trip, before there is a scope. R-USER-4.
create function app.api_key_of(hash bytea) returns table (
  offset_ms bigint, frozen_at timestamptz, expires_at timestamptz, realm_id bigint, id uuid, role text, scopes text[], tenant_id uuid,
  level text, path text, tenant_state text
) language sql stable security definer set search_path = public, pg_temp as $$
  select c.offset_ms, c.frozen_at, k.expires_at, k.realm_id, k.id, k.role, k.scopes, t.id, t.level, t.path, t.state
  from api_key_hashes h
  join api_keys k on k.realm_id = h.realm_id and k.id = h.api_key_id
  join tenants t on t.realm_id = k.realm_id and t.id = k.tenant_id
  cross join app.test_clock c
  where h.key_hash = hash and c.id = 1
$$;
-- ;;
create policy search on second_factors for select to tt_search using (true);
-- ;;
create policy search on sign_in_policies for select to tt_search using (true);
-- ;;
create policy search on api_keys for select to tt_search using (true);
-- ;;
create policy search on api_key_hashes for select to tt_search using (true);
-- ;;
grant select (user_id, confirmed_at) on second_factors to tt_search;
-- ;;
grant select on sign_in_policies, api_keys, api_key_hashes to tt_search;
-- ;;
alter function app.sign_in_of(uuid, text) owner to tt_search;
-- ;;
alter function app.api_key_of(bytea) owner to tt_search;
-- ;;
revoke all on function app.sign_in_of(uuid, text), app.api_key_of(bytea) from public;
-- ;;
grant execute on function app.sign_in_of(uuid, text), app.api_key_of(bytea) to tt_runtime;
-- ;;
-- A key acts by itself, as a user does.
alter table audit_entries drop constraint audit_entries_actor_kind_check;
-- ;;
alter table audit_entries add constraint audit_entries_actor_kind_check
  check (actor_kind in ('user', 'device', 'system', 'key')) not valid;
-- ;;
alter table audit_entries validate constraint audit_entries_actor_kind_check;
-- ;;
