-- Single sign-on, passkeys, forgotten passwords, limits by source. Safe online: new tables; columns with a constant default.
alter table sign_in_policies
  add column require_single_sign_on boolean not null default false;
-- ;;
-- How a session came to be: what a tenant asks of a sign-in is held against it with each request.
alter table sessions
  add column method text not null default 'password' check (method in ('password', 'link', 'passkey', 'single_sign_on'));
-- ;;
-- A passkey that is added in a session proves as much as one that it began with.
grant update (method) on sessions to tt_runtime;
-- ;;
-- The identity provider of a tenant. Not readable from below: the client secret is sealed, and what stands above is nobody's business (R-TREE-9).
create table identity_providers (
  realm_id      bigint  not null,
  tenant_id     uuid    not null,
  path          text collate "C" not null,
  issuer        text    not null,
  client_id     text    not null,
  -- sealed with the key of the data folder
  client_secret text    not null,
  -- also for the users of tenants below that have no provider of their own
  covers_below  boolean not null,
  updated_at    timestamptz not null,
  primary key (realm_id, tenant_id),
  constraint identity_providers_tenant foreign key (realm_id, tenant_id) references tenants (realm_id, id) deferrable
);
-- ;;
select app.place('identity_providers', 'distributed', 'realm_id', 'tenants');
-- ;;
create index identity_providers_path on identity_providers (path);
-- ;;
select app.guard('identity_providers', 'subtree', 'select, insert, update, delete');
-- ;;
-- Directory: whom an identity provider means by a subject, from the first sign-in on. Belongs to the provider that made it.
create table federated_identities (
  subject            text   not null,
  issuer             text   not null,
  provider_tenant_id uuid   not null,
  realm_id           bigint not null,
  user_id            uuid   not null,
  created_at         timestamptz not null,
  primary key (subject, issuer, provider_tenant_id)
);
-- ;;
select app.place('federated_identities', 'directory', 'subject');
-- ;;
create index federated_identities_user on federated_identities (user_id);
-- ;;
select app.guard('federated_identities', 'lookup', 'select, insert, delete');
-- ;;
-- Directory: sign-ins that have gone to a provider and have still to come back, once, into the same browser. Ten minutes of real time.
create table sign_on_attempts (
  state_hash         bytea  primary key,
  browser_hash       bytea  not null,
  user_id            uuid   not null,
  realm_id           bigint not null,
  provider_tenant_id uuid   not null,
  issuer             text   not null,
  nonce              text   not null,
  code_verifier      text   not null,
  expires_at         timestamptz not null
);
-- ;;
select app.place('sign_on_attempts', 'directory', 'state_hash');
-- ;;
create index sign_on_attempts_user on sign_on_attempts (user_id);
-- ;;
create index sign_on_attempts_expiry on sign_on_attempts (expires_at);
-- ;;
select app.guard('sign_on_attempts', 'lookup', 'select, insert, delete');
-- ;;
-- Directory: a passkey is found by its credential, before there is a scope. Public keys only.
create table passkeys (
  credential_id bytea   primary key,
  id            uuid    not null,
  realm_id      bigint  not null,
  user_id       uuid    not null,
  name          text    not null,
  public_key    bytea   not null,
  counter       bigint  not null,
  transports    text[]  not null,
  created_at    timestamptz not null,
  last_used_at  timestamptz
);
-- ;;
select app.place('passkeys', 'directory', 'credential_id');
-- ;;
create index passkeys_user on passkeys (user_id);
-- ;;
select app.guard('passkeys', 'lookup', 'select, insert, update, delete');
-- ;;
-- Directory: what an authenticator has to sign, once, within five minutes of real time. With a user: to add a passkey; without: to sign in.
create table passkey_challenges (
  challenge_hash bytea primary key,
  user_id        uuid,
  expires_at     timestamptz not null
);
-- ;;
select app.place('passkey_challenges', 'directory', 'challenge_hash');
-- ;;
create index passkey_challenges_user on passkey_challenges (user_id);
-- ;;
create index passkey_challenges_expiry on passkey_challenges (expires_at);
-- ;;
select app.guard('passkey_challenges', 'lookup', 'select, insert, delete');
-- ;;
-- Directory: links that set a new password, once, within an hour of real time.
create table password_resets (
  token_hash bytea  primary key,
  realm_id   bigint not null,
  user_id    uuid   not null,
  expires_at timestamptz not null
);
-- ;;
select app.place('password_resets', 'directory', 'token_hash');
-- ;;
create index password_resets_user on password_resets (user_id);
-- ;;
create index password_resets_expiry on password_resets (expires_at);
-- ;;
select app.guard('password_resets', 'lookup', 'select, insert, delete');
-- ;;
-- Directory: what was tried too often, by account or by source. Takes the place of sign_in_failures, which servers of the former version
-- read until they are stopped. R-USER-4.
create table sign_in_limits (
  key          text collate "C" not null,
  kind         text not null check (kind in ('account', 'source', 'reset_account', 'reset_source')),
  failed       int  not null,
  failed_at    timestamptz not null,
  locked_until timestamptz,
  primary key (key, kind)
);
-- ;;
select app.place('sign_in_limits', 'directory', 'key');
-- ;;
create index sign_in_limits_age on sign_in_limits (failed_at);
-- ;;
select app.guard('sign_in_limits', 'lookup', 'select, insert, update, delete');
-- ;;
-- Secrets of authenticators that were stored before there was a key to seal them with: found at once, since there are soon none.
create index second_factors_unsealed on second_factors (user_id) where secret not like 'v1.%';
-- ;;
-- Whether users at the path may, and whether they have to, sign in by an identity provider: its own, or of one above whose provider is for it.
create function app.single_sign_on_at(of_path text) returns table (is_provided boolean, is_required boolean)
language sql stable security definer set search_path = public, pg_temp as $$
  select count(*) > 0, coalesce(bool_or(p.require_single_sign_on), false)
  from identity_providers i
  left join sign_in_policies p on p.realm_id = i.realm_id and p.tenant_id = i.tenant_id
  where i.path = any (app.lineage(of_path)) and (i.covers_below or i.path = of_path)
$$;
-- ;;
-- Who a user is and what is asked of its sign-in, before there is a scope; and by which provider: the nearest one above that is for its tenant.
create function app.standing_of(of_realm bigint, of_user uuid) returns table (
  realm_id bigint, user_id uuid, email text, name text, role text, state text, tenant_id uuid, tenant_name text, level text, path text,
  is_closed boolean, needs_single_sign_on boolean, has_passkey boolean,
  provider_tenant_id uuid, issuer text, client_id text, client_secret text
) language sql stable security definer set search_path = public, pg_temp as $$
  select u.realm_id, u.id, u.email, u.name, u.role, u.state, t.id, t.name, t.level, u.path,
    app.is_closed(u.path), s.is_required, exists (select 1 from passkeys k where k.user_id = u.id),
    i.tenant_id, i.issuer, i.client_id, i.client_secret
  from users u
  join tenants t on t.realm_id = u.realm_id and t.id = u.tenant_id
  cross join lateral app.single_sign_on_at(u.path) s
  left join lateral (
    select p.* from identity_providers p
    where p.path = any (app.lineage(u.path)) and (p.covers_below or p.path = u.path)
    order by length(p.path) desc limit 1
  ) i on true
  where u.realm_id = of_realm and u.id = of_user
$$;
-- ;;
create policy search on identity_providers for select to tt_search using (true);
-- ;;
create policy search on passkeys for select to tt_search using (true);
-- ;;
grant select on identity_providers to tt_search;
-- ;;
grant select (user_id) on passkeys to tt_search;
-- ;;
alter function app.single_sign_on_at(text) owner to tt_search;
-- ;;
alter function app.standing_of(bigint, uuid) owner to tt_search;
-- ;;
revoke all on function app.single_sign_on_at(text), app.standing_of(bigint, uuid) from public;
-- ;;
grant execute on function app.single_sign_on_at(text), app.standing_of(bigint, uuid) to tt_runtime, tt_worker;
-- ;;
-- The job that mails a link for a new password asks for the same standing.
grant execute on function app.sign_in_of(uuid, text) to tt_worker;
-- ;;
