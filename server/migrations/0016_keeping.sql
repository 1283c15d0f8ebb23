-- How long records are kept, who came in from where, and seals that cover who may read an entry. Safe online: new tables, columns that may
-- be null or have a constant default; the indexes are built under a lock that lets reads pass.
-- Only what the vendor has set otherwise: the defaults stand with their clocks, in the slices. R-KEEP-1.
create table kept_for (
  kind    text primary key,
  -- in the unit of the clock: days, months or years
  count   int  not null check (count > 0),
  version int  not null
);
-- ;;
select app.place('kept_for', 'reference');
-- ;;
select app.guard('kept_for', 'shared', 'select, insert, update');
-- ;;
-- Everyone may know how long something is kept, and the vendor alone says it.
alter policy shared on kept_for using (true) with check (current_setting('app.lo', true) = '0000');
-- ;;
-- The access log: sign-ins, and of API keys the first use from an address each UTC day. R-KEEP-1.
create table accesses (
  realm_id   bigint not null,
  id         uuid   not null,
  path       text collate "C" not null,
  tenant_id  uuid   not null,
  at         timestamptz not null,
  actor_kind text   not null check (actor_kind in ('user', 'key')),
  actor_id   uuid   not null,
  -- by what: password, link, key, ...
  how        text   not null,
  refused    boolean not null,
  address    text   not null,
  user_agent text   not null,
  primary key (realm_id, id),
  constraint accesses_tenant foreign key (realm_id, tenant_id) references tenants (realm_id, id) deferrable
);
-- ;;
select app.place('accesses', 'distributed', 'realm_id', 'tenants');
-- ;;
create index accesses_path on accesses (path, at, id);
-- ;;
create index accesses_actor on accesses (actor_id, at, id);
-- ;;
create index accesses_at on accesses (at);
-- ;;
create unique index accesses_key_day on accesses (realm_id, actor_id, address, ((at at time zone 'UTC')::date)) where actor_kind = 'key';
-- ;;
select app.guard('accesses', 'subtree', 'select, insert');
-- ;;
-- When a device was uninstalled or deleted; null while it is neither.
alter table devices add column ended_at timestamptz;
-- ;;
create index devices_ended on devices ((coalesce(ended_at, last_seen_at, enrolled_at))) where state in ('uninstalled', 'deleted');
-- ;;
create index mail_contents_created on mail_contents (created_at);
-- ;;
create index invoices_issued on invoices (issued_at);
-- ;;
create index audit_entries_removed on audit_entries (at) where action = 'user.removed';
-- ;;
-- What the erasing of a person looks up, and the filter by who did it.
create index audit_entries_actor on audit_entries (actor_id, at);
-- ;;
-- How the entry was sealed: null as one JSON, 2 under an envelope that also says whether it is private.
alter table audit_entries add column leaf_version smallint;
-- ;;
grant update (leaf_version) on audit_entries to tt_worker;
-- ;;
alter table tenant_brands add column version int not null default 1;
-- ;;
