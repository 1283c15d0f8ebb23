-- The registers of what a license is assigned to: subscribers, gateways, domains. Devices have theirs. Safe online: new tables, columns that may be null.
create table subscribers (
  realm_id    bigint not null,
  id          uuid   not null,
  path        text collate "C" not null,
  -- an end customer or a site of it; customer_id is the end customer in both cases
  tenant_id   uuid   not null,
  customer_id uuid   not null,
  state       text   not null check (state in ('invited', 'activated', 'removed', 'withdrawn')),
  created_at  timestamptz not null,
  removed_at  timestamptz,
  version     int    not null default 1,
  primary key (realm_id, id),
  constraint subscribers_tenant foreign key (realm_id, tenant_id) references tenants (realm_id, id) deferrable
);
-- ;;
select app.place('subscribers', 'distributed', 'realm_id', 'tenants');
-- ;;
create index subscribers_path on subscribers (path);
-- ;;
create index subscribers_id on subscribers (id);
-- ;;
create index subscribers_removed on subscribers (removed_at) where removed_at is not null;
-- ;;
select app.guard('subscribers', 'subtree', 'select, insert, update');
-- ;;
-- Persons' names and addresses stand here alone and are joined for display: a purge deletes this row. R-KEEP-2, R-SUB-2.
create table subscriber_persons (
  realm_id      bigint not null,
  subscriber_id uuid   not null,
  path          text collate "C" not null,
  customer_id   uuid   not null,
  name          text   not null,
  name_key      text collate "C" not null,
  email         text   not null,
  email_key     text collate "C" not null,
  primary key (realm_id, subscriber_id),
  constraint subscriber_persons_address unique (realm_id, customer_id, email_key),
  constraint subscriber_persons_subscriber foreign key (realm_id, subscriber_id) references subscribers (realm_id, id) deferrable
);
-- ;;
select app.place('subscriber_persons', 'distributed', 'realm_id', 'tenants');
-- ;;
create index subscriber_persons_path on subscriber_persons (path);
-- ;;
create index subscriber_persons_name on subscriber_persons (name_key, subscriber_id);
-- ;;
select app.guard('subscriber_persons', 'subtree', 'select, insert, update, delete');
-- ;;
create table gateways (
  realm_id   bigint not null,
  id         uuid   not null,
  path       text collate "C" not null,
  tenant_id  uuid   not null,
  name       text   not null,
  name_key   text collate "C" not null,
  state      text   not null check (state in ('active', 'removed')),
  created_at timestamptz not null,
  removed_at timestamptz,
  primary key (realm_id, id),
  constraint gateways_tenant foreign key (realm_id, tenant_id) references tenants (realm_id, id) deferrable
);
-- ;;
select app.place('gateways', 'distributed', 'realm_id', 'tenants');
-- ;;
create index gateways_path on gateways (path);
-- ;;
create index gateways_id on gateways (id);
-- ;;
create unique index gateways_name on gateways (realm_id, tenant_id, name_key) where state = 'active';
-- ;;
select app.guard('gateways', 'subtree', 'select, insert, update');
-- ;;
-- Domains of a customer's mail and documents, compared without letter case. R-LIC-1.
create table domains (
  realm_id   bigint not null,
  id         uuid   not null,
  path       text collate "C" not null,
  tenant_id  uuid   not null,
  customer_id uuid  not null,
  name       text   not null,
  name_key   text collate "C" not null,
  kind       text   not null check (kind in ('microsoft_365', 'google_workspace')),
  state      text   not null check (state in ('active', 'removed')),
  created_at timestamptz not null,
  removed_at timestamptz,
  primary key (realm_id, id),
  constraint domains_tenant foreign key (realm_id, tenant_id) references tenants (realm_id, id) deferrable
);
-- ;;
select app.place('domains', 'distributed', 'realm_id', 'tenants');
-- ;;
create index domains_path on domains (path);
-- ;;
create index domains_id on domains (id);
-- ;;
create unique index domains_name on domains (realm_id, customer_id, kind, name_key) where state = 'active';
-- ;;
select app.guard('domains', 'subtree', 'select, insert, update');
-- ;;
