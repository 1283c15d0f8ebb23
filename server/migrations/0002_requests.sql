-- What requests leave behind whatever they do: idempotency keys, outbox events. Safe online: new tables only.
create table idempotency_keys (
  realm_id     bigint      not null,
  credential   text        not null,
  route        text        not null,
  key          text        not null,
  path         text collate "C" not null,
  request_hash text        not null,
  status       int,
  answer       text,
  secret_of    text,
  created_at   timestamptz not null,
  primary key (realm_id, credential, route, key)
);
-- ;;
select app.place('idempotency_keys', 'distributed', 'realm_id', 'tenants');
-- ;;
create index idempotency_keys_created on idempotency_keys (created_at);
-- ;;
select app.guard('idempotency_keys', 'subtree', 'select, insert, update');
-- ;;
-- A stored answer may name a price of an edge: it is read by the tenant that asked, not by those above it (R-TREE-10).
alter policy scope on idempotency_keys using (path = current_setting('app.lo', true)) with check (path = current_setting('app.lo', true));
-- ;;
-- xid is the writing transaction: readers stop before the oldest one that still runs, so that none is missed.
create table outbox (
  realm_id   bigint      not null,
  id         uuid        not null,
  xid        xid8        not null default pg_current_xact_id(),
  topic      text        not null,
  path       text collate "C" not null,
  payload    jsonb       not null,
  created_at timestamptz not null,
  primary key (realm_id, id)
);
-- ;;
select app.place('outbox', 'distributed', 'realm_id', 'tenants');
-- ;;
create index outbox_order on outbox (xid, id);
-- ;;
select app.guard('outbox', 'subtree', 'insert');
-- ;;
create table app.outbox_positions (
  consumer text primary key,
  xid      xid8 not null,
  id       uuid not null
);
-- ;;
select app.place('app.outbox_positions', 'local');
-- ;;
grant select, insert, update on app.outbox_positions to tt_worker;
-- ;;
grant update on app.test_clock to tt_worker;
-- ;;
