-- The memory of every change, added to only, and its seals. Safe online: new tables only.
create table audit_entries (
  realm_id    bigint      not null,
  id          uuid        not null,
  path        text collate "C" not null,
  at          timestamptz not null,
  actor_kind  text        not null check (actor_kind in ('user', 'device', 'system')),
  actor_id    uuid,
  request_id  text        not null,
  -- SHA-256(salt || address); the address itself is in audit_personal
  address     text        not null,
  action      text        not null,
  object_kind text        not null,
  object_id   uuid,
  before      jsonb,
  after       jsonb,
  -- names a price or an amount of an edge: seen by the tenant itself, not by those above it (R-TREE-10)
  private     boolean     not null default false,
  leaf_index  bigint,
  primary key (realm_id, id)
);
-- ;;
select app.place('audit_entries', 'distributed', 'realm_id', 'tenants');
-- ;;
create index audit_entries_path on audit_entries (path, at);
-- ;;
create index audit_entries_unsealed on audit_entries (realm_id, id) where leaf_index is null;
-- ;;
create unique index audit_entries_leaf on audit_entries (realm_id, leaf_index);
-- ;;
select app.guard('audit_entries', 'subtree', 'select, insert', 'select, insert');
-- ;;
alter policy scope on audit_entries using (path >= current_setting('app.lo', true) and path < current_setting('app.hi', true)
  and (not private or path = current_setting('app.lo', true)));
-- ;;
-- A worker numbers an entry once when it seals it, and changes nothing else.
grant update (leaf_index) on audit_entries to tt_worker;
-- ;;
-- Personal values stand apart: the entry holds SHA-256(salt || value) in their place, so erasing a row here breaks no seal.
create table audit_personal (
  realm_id bigint not null,
  entry_id uuid   not null,
  pointer  text   not null,
  path     text collate "C" not null,
  salt     bytea  not null,
  value    text   not null,
  primary key (realm_id, entry_id, pointer),
  constraint audit_personal_entry foreign key (realm_id, entry_id) references audit_entries (realm_id, id)
);
-- ;;
select app.place('audit_personal', 'distributed', 'realm_id', 'tenants');
-- ;;
select app.guard('audit_personal', 'subtree', 'select, insert', 'select, insert, delete');
-- ;;
-- The Merkle tree of each realm (RFC 9162): its size and the roots of its full subtrees, largest first.
create table audit_trees (
  realm_id bigint  not null primary key,
  size     bigint  not null,
  frontier bytea[] not null
);
-- ;;
select app.place('audit_trees', 'distributed', 'realm_id', 'tenants');
-- ;;
select app.guard('audit_trees', 'worker', '');
-- ;;
create table audit_checkpoints (
  realm_id  bigint      not null,
  size      bigint      not null,
  root      bytea       not null,
  note      text        not null,
  sealed_at timestamptz not null,
  primary key (realm_id, size)
);
-- ;;
select app.place('audit_checkpoints', 'distributed', 'realm_id', 'tenants');
-- ;;
select app.guard('audit_checkpoints', 'worker', '', 'select, insert');
-- ;;
