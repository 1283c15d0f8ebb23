-- What can be sold, edge by edge, and at which price. Safe online: new tables only.
create table offers (
  id           uuid primary key,
  product      text not null,
  edition      text not null,
  product_key  text collate "C" not null,
  edition_key  text collate "C" not null,
  rank         int  not null,
  unit         text not null check (unit in ('user', 'device', 'gateway', 'domain', 'tenant')),
  charge_model text not null check (charge_model in ('committed', 'prepaid', 'active_use', 'peak')),
  created_at   timestamptz not null,
  constraint offers_edition unique (product_key, edition_key)
);
-- ;;
select app.place('offers', 'reference');
-- ;;
select app.guard('offers', 'shared', 'select, insert');
-- ;;
-- An offer that a seller lets a buyer have: owned by the buyer, readable from below. R-OFFER-5.
create table enabled_offers (
  realm_id   bigint not null,
  tenant_id  uuid   not null,
  offer_id   uuid   not null references offers (id),
  path       text collate "C" not null,
  enabled_at timestamptz not null,
  primary key (realm_id, tenant_id, offer_id),
  constraint enabled_offers_tenant foreign key (realm_id, tenant_id) references tenants (realm_id, id) deferrable
);
-- ;;
select app.place('enabled_offers', 'distributed', 'realm_id', 'tenants');
-- ;;
create index enabled_offers_path on enabled_offers (path);
-- ;;
select app.guard('enabled_offers', 'inherited', 'select, insert');
-- ;;
-- Owned by the seller. Its path is the seller's own, twice: only the seller is an end of its list.
create table price_lists (
  realm_id    bigint not null,
  id          uuid   not null,
  path        text collate "C" not null,
  seller_path text collate "C" not null,
  seller_id   uuid   not null,
  buyer_id    uuid,
  buyer_path  text collate "C",
  -- buyer_id, or the seller's own id for the default list: null is never equal to null
  buyer_key   uuid   not null,
  currency    text   not null,
  created_at  timestamptz not null,
  primary key (realm_id, id),
  constraint price_lists_buyer unique (realm_id, seller_id, buyer_key),
  constraint price_lists_seller foreign key (realm_id, seller_id) references tenants (realm_id, id) deferrable
);
-- ;;
select app.place('price_lists', 'distributed', 'realm_id', 'tenants');
-- ;;
create index price_lists_id on price_lists (id);
-- ;;
create index price_lists_path on price_lists (path);
-- ;;
select app.guard('price_lists', 'ends', 'select, insert');
-- ;;
create table prices (
  realm_id      bigint  not null,
  id            uuid    not null,
  path          text collate "C" not null,
  seller_path   text collate "C" not null,
  price_list_id uuid    not null,
  offer_id      uuid    not null references offers (id),
  unit_price    numeric not null check (unit_price >= 0),
  valid_from    date    not null,
  created_at    timestamptz not null,
  primary key (realm_id, id),
  constraint prices_from unique (realm_id, price_list_id, offer_id, valid_from),
  constraint prices_list foreign key (realm_id, price_list_id) references price_lists (realm_id, id)
);
-- ;;
select app.place('prices', 'distributed', 'realm_id', 'tenants');
-- ;;
create index prices_path on prices (path);
-- ;;
select app.guard('prices', 'ends', 'select, insert');
-- ;;
-- What a seller asks of each buyer: copied from the lists when published, so that no buyer reads a list. R-TREE-9, R-TREE-10.
create table asked_prices (
  realm_id    bigint  not null,
  buyer_id    uuid    not null,
  offer_id    uuid    not null references offers (id),
  valid_from  date    not null,
  path        text collate "C" not null,
  seller_path text collate "C" not null,
  seller_id   uuid    not null,
  currency    text    not null,
  unit_price  numeric not null,
  primary key (realm_id, buyer_id, offer_id, valid_from),
  constraint asked_prices_buyer foreign key (realm_id, buyer_id) references tenants (realm_id, id) deferrable
);
-- ;;
select app.place('asked_prices', 'distributed', 'realm_id', 'tenants');
-- ;;
create index asked_prices_path on asked_prices (path);
-- ;;
select app.guard('asked_prices', 'ends', 'select, insert, update, delete');
-- ;;
create table subscriptions (
  realm_id   bigint not null,
  id         uuid   not null,
  path       text collate "C" not null,
  tenant_id  uuid   not null,
  offer_id   uuid   not null references offers (id),
  product_key text collate "C" not null,
  state      text   not null check (state in ('in_trial', 'active', 'ended')),
  started_on date   not null,
  created_at timestamptz not null,
  primary key (realm_id, id),
  constraint subscriptions_tenant foreign key (realm_id, tenant_id) references tenants (realm_id, id) deferrable
);
-- ;;
select app.place('subscriptions', 'distributed', 'realm_id', 'tenants');
-- ;;
create index subscriptions_path on subscriptions (path);
-- ;;
create unique index subscriptions_product on subscriptions (realm_id, tenant_id, product_key) where state <> 'ended';
-- ;;
create index subscriptions_id on subscriptions (id);
-- ;;
select app.guard('subscriptions', 'subtree', 'select, insert, update');
-- ;;
