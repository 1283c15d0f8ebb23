-- Users, how they sign in, their sessions. Safe online: new tables only.
create table users (
  realm_id      bigint  not null,
  id            uuid    not null,
  path          text collate "C" not null,
  tenant_id     uuid    not null,
  email         text    not null,
  email_key     text collate "C" not null,
  name          text    not null,
  name_key      text collate "C" not null,
  role          text    not null check (role in ('superuser', 'administrator', 'manager', 'operator', 'supporter', 'finance')),
  may_purchase  boolean not null default false,
  state         text    not null check (state in ('invited', 'active')),
  created_at    timestamptz not null,
  primary key (realm_id, id),
  constraint users_tenant foreign key (realm_id, tenant_id) references tenants (realm_id, id) deferrable
);
-- ;;
select app.place('users', 'distributed', 'realm_id', 'tenants');
-- ;;
create index users_path on users (path);
-- ;;
create index users_id on users (id);
-- ;;
create index users_tenant_name on users (tenant_id, name_key, id);
-- ;;
select app.guard('users', 'subtree', 'select, insert, update');
-- ;;
-- Directory: an address signs in at one place in the whole system. Holds the password hash, which no list ever reads.
create table logins (
  email_key     text collate "C" primary key,
  realm_id      bigint not null,
  user_id       uuid   not null,
  password_hash text
);
-- ;;
select app.place('logins', 'directory', 'email_key');
-- ;;
select app.guard('logins', 'lookup', 'select, insert, update');
-- ;;
-- Failed sign-ins by address, known or not, so that a lock tells nobody which addresses exist. R-USER-4.
create table sign_in_failures (
  email_key    text collate "C" primary key,
  failed       int  not null,
  failed_at    timestamptz not null,
  locked_until timestamptz
);
-- ;;
select app.place('sign_in_failures', 'directory', 'email_key');
-- ;;
select app.guard('sign_in_failures', 'lookup', 'select, insert, update, delete');
-- ;;
create table sessions (
  token_hash bytea  primary key,
  realm_id   bigint not null,
  user_id    uuid   not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  address    text   not null
);
-- ;;
select app.place('sessions', 'directory', 'token_hash');
-- ;;
create index sessions_expiry on sessions (expires_at);
-- ;;
select app.guard('sessions', 'lookup', 'select, insert, delete');
-- ;;
create table sign_in_links (
  token_hash bytea  primary key,
  realm_id   bigint not null,
  user_id    uuid   not null,
  expires_at timestamptz not null
);
-- ;;
select app.place('sign_in_links', 'directory', 'token_hash');
-- ;;
select app.guard('sign_in_links', 'lookup', 'select, insert, delete');
-- ;;
-- Who a session belongs to and what it may touch, with the clock, in one round trip, before there is a scope.
create function app.session_of(hash bytea) returns table (
  offset_ms bigint, frozen_at timestamptz, expires_at timestamptz, realm_id bigint, user_id uuid, email text, name text, role text,
  may_purchase boolean, state text, tenant_id uuid, tenant_name text, level text, path text, tenant_state text
) language sql stable security definer set search_path = public, pg_temp as $$
  select c.offset_ms, c.frozen_at, s.expires_at, u.realm_id, u.id, u.email, u.name, u.role, u.may_purchase, u.state, t.id, t.name,
    t.level, t.path, t.state
  from sessions s
  join users u on u.realm_id = s.realm_id and u.id = s.user_id
  join tenants t on t.realm_id = u.realm_id and t.id = u.tenant_id
  cross join app.test_clock c
  where s.token_hash = hash and c.id = 1
$$;
-- ;;
create policy search on users for select to tt_search using (true);
-- ;;
create policy search on sessions for select to tt_search using (true);
-- ;;
grant select on users, sessions, app.test_clock to tt_search;
-- ;;
alter function app.session_of(bytea) owner to tt_search;
-- ;;
revoke all on function app.session_of(bytea) from public;
-- ;;
grant execute on function app.session_of(bytea) to tt_runtime;
-- ;;
