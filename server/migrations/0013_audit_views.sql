-- The leaves of the sealed trees, what the audit list needs to be quick, and personal views of grids. Safe online: new tables; the two
-- indexes are built under a lock that lets reads pass, on a log that nothing has to wait for longer than its own size takes.
-- Leaves stand apart from the entries, so that a change made past the application shows exactly where it was made.
create table audit_leaves (
  realm_id   bigint not null,
  leaf_index bigint not null,
  hash       bytea  not null,
  primary key (realm_id, leaf_index)
);
-- ;;
select app.place('audit_leaves', 'distributed', 'realm_id', 'tenants');
-- ;;
select app.guard('audit_leaves', 'worker', '', 'select, insert');
-- ;;
create index audit_entries_at on audit_entries (at, id);
-- ;;
create index audit_entries_object on audit_entries (object_id, at);
-- ;;
-- A personal view of a grid: columns, order, widths, filters, sort. No foreign key to its user: it follows the user by itself when a
-- tenant moves, and a due task drops those whose user is gone.
create table views (
  realm_id   bigint not null,
  id         uuid   not null,
  path       text collate "C" not null,
  user_id    uuid   not null,
  grid       text   not null,
  name       text   not null,
  name_key   text collate "C" not null,
  definition jsonb  not null,
  version    int    not null default 1,
  created_at timestamptz not null,
  primary key (realm_id, id),
  constraint views_name unique (realm_id, user_id, grid, name_key)
);
-- ;;
select app.place('views', 'distributed', 'realm_id', 'tenants');
-- ;;
create index views_path on views (path);
-- ;;
create index views_id on views (id);
-- ;;
select app.guard('views', 'subtree', 'select, insert, update, delete');
-- ;;
