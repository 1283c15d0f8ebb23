-- Orders, pools, licenses and who holds them. Safe online: new tables only.
-- How long the periods are that a buyer is charged for: fixed by its first accepted order, for all sellers and offers. R-BUY-2.
create table payment_modes (
  realm_id bigint not null,
  buyer_id uuid   not null,
  path     text collate "C" not null,
  mode     text   not null check (mode in ('monthly', 'annual')),
  order_id uuid   not null,
  fixed_at timestamptz not null,
  -- the first order waits for its payment: a failed one fixes nothing
  is_pending boolean not null default false,
  version  int    not null default 1,
  primary key (realm_id, buyer_id),
  constraint payment_modes_buyer foreign key (realm_id, buyer_id) references tenants (realm_id, id) deferrable
);
-- ;;
select app.place('payment_modes', 'distributed', 'realm_id', 'tenants');
-- ;;
create index payment_modes_path on payment_modes (path);
-- ;;
select app.guard('payment_modes', 'subtree', 'select, insert, update, delete');
-- ;;
-- One act of buying, seen by the two ends of its edge. R-BUY-1, R-BUY-3, R-TREE-10.
create table orders (
  realm_id       bigint not null,
  id             uuid   not null,
  path           text collate "C" not null,
  seller_path    text collate "C" not null,
  seller_id      uuid   not null,
  buyer_id       uuid   not null,
  -- the company whose pool it is for; null: the buyer's own. R-POOL-1
  company_id     uuid,
  state          text   not null check (state in ('placed', 'accepted', 'payment_failed', 'withdrawn')),
  payment_mode   text   not null check (payment_mode in ('monthly', 'annual')),
  payment_method text   not null check (payment_method in ('invoice', 'card')),
  payment_reference text,
  payment_failure text,
  -- null where no offer of the order asks for them
  terms_version  int,
  currency       text   not null,
  -- of the first periods of all lines: what a card is charged at the order
  first_total_minor bigint not null,
  ordered_by     uuid   not null,
  placed_at      timestamptz not null,
  accepted_at    timestamptz,
  withdrawn_at   timestamptz,
  version        int    not null default 1,
  primary key (realm_id, id),
  constraint orders_buyer foreign key (realm_id, buyer_id) references tenants (realm_id, id) deferrable
);
-- ;;
select app.place('orders', 'distributed', 'realm_id', 'tenants');
-- ;;
create index orders_path on orders (path, placed_at);
-- ;;
create index orders_seller on orders (seller_path, placed_at);
-- ;;
create index orders_id on orders (id);
-- ;;
create index orders_unsettled on orders (placed_at) where state = 'placed';
-- ;;
select app.guard('orders', 'ends', 'select, insert, update');
-- ;;
create table order_lines (
  realm_id     bigint not null,
  id           uuid   not null,
  order_id     uuid   not null,
  path         text collate "C" not null,
  seller_path  text collate "C" not null,
  position     int    not null,
  offer_id     uuid   not null references offers (id),
  term         text   not null,
  quantity     int    not null check (quantity between 1 and 100000),
  -- the line that this add-on belongs to
  add_on_of    uuid,
  charge_model text   not null check (charge_model in ('committed', 'prepaid')),
  unit         text   not null,
  -- of the term, as it was when it was ordered
  months       int    not null check (months > 0),
  -- what the buyer was shown: the first period at the buyer's edge; no unit price where the price has several
  unit_price   numeric,
  first_from   date   not null,
  first_to     date   not null,
  first_whole_from date not null,
  first_whole_to   date not null,
  first_amount_minor bigint not null,
  primary key (realm_id, id),
  constraint order_lines_position unique (realm_id, order_id, position),
  constraint order_lines_order foreign key (realm_id, order_id) references orders (realm_id, id) deferrable
);
-- ;;
select app.place('order_lines', 'distributed', 'realm_id', 'tenants');
-- ;;
create index order_lines_path on order_lines (path);
-- ;;
create index order_lines_seller on order_lines (seller_path);
-- ;;
select app.guard('order_lines', 'ends', 'select, insert');
-- ;;
-- Whether a buyer's own users may order: set by its seller. No row: yes for partners, no for end customers. R-BUY-1.
create table edge_settings (
  realm_id    bigint  not null,
  buyer_id    uuid    not null,
  path        text collate "C" not null,
  may_order   boolean not null,
  version     int     not null default 1,
  primary key (realm_id, buyer_id),
  constraint edge_settings_buyer foreign key (realm_id, buyer_id) references tenants (realm_id, id) deferrable
);
-- ;;
select app.place('edge_settings', 'distributed', 'realm_id', 'tenants');
-- ;;
create index edge_settings_path on edge_settings (path);
-- ;;
select app.guard('edge_settings', 'subtree', 'select, insert, update (may_order, version)');
-- ;;
-- The card that a buyer has left with the payment provider: its references there, never its number. R-BUY-4.
create table payment_cards (
  realm_id    bigint not null,
  buyer_id    uuid   not null,
  path        text collate "C" not null,
  seller_path text collate "C" not null,
  customer_reference text not null,
  -- null until the buyer has entered a card
  card_reference text,
  brand       text,
  last4       text,
  expires_on  text,
  created_at  timestamptz not null,
  version     int    not null default 1,
  primary key (realm_id, buyer_id),
  constraint payment_cards_buyer foreign key (realm_id, buyer_id) references tenants (realm_id, id) deferrable
);
-- ;;
select app.place('payment_cards', 'distributed', 'realm_id', 'tenants');
-- ;;
create index payment_cards_path on payment_cards (path);
-- ;;
create index payment_cards_seller on payment_cards (seller_path);
-- ;;
select app.guard('payment_cards', 'ends', 'select, insert, update');
-- ;;
-- Each attempt to charge a card, noted before it is made: the id is the idempotency key that the provider sees, so an attempt whose answer was
-- lost is asked again and never made twice. R-BUY-4, R-LIC-5.
create table card_charges (
  realm_id      bigint not null,
  id            uuid   not null,
  path          text collate "C" not null,
  seller_path   text collate "C" not null,
  buyer_id      uuid   not null,
  order_id      uuid   not null,
  purpose       text   not null check (purpose in ('order', 'renewal', 'refund')),
  -- of a renewal: which line and offer, and the first day of the period that it pays for
  order_line_id uuid,
  offer_id      uuid,
  from_day      date,
  attempt       int    not null,
  state         text   not null check (state in ('requested', 'succeeded', 'failed')),
  amount_minor  bigint not null,
  currency      text   not null,
  reference     text,
  failure       text,
  created_at    timestamptz not null,
  primary key (realm_id, id),
  constraint card_charges_order foreign key (realm_id, order_id) references orders (realm_id, id) deferrable
);
-- ;;
select app.place('card_charges', 'distributed', 'realm_id', 'tenants');
-- ;;
create index card_charges_path on card_charges (path);
-- ;;
create index card_charges_seller on card_charges (seller_path);
-- ;;
create index card_charges_id on card_charges (id);
-- ;;
create unique index card_charges_attempt on card_charges (realm_id, order_line_id, offer_id, from_day, attempt) where purpose = 'renewal';
-- ;;
create index card_charges_open on card_charges (created_at) where state = 'requested';
-- ;;
select app.guard('card_charges', 'ends', 'select, insert, update');
-- ;;
-- What is charged by the order, on the buyer's edge and every edge above it, in facts without prices: so many of an offer, from one day to
-- another. Each edge's price is the one asked on `priced_on`. A credit is a row with a negative quantity. R-BILL-2, R-BILL-3, R-PRICE-2.
create table charged_periods (
  realm_id      bigint not null,
  id            uuid   not null,
  path          text collate "C" not null,
  buyer_id      uuid   not null,
  company_id    uuid,
  order_id      uuid   not null,
  order_line_id uuid   not null,
  -- where the buyer stood when the period began: its edges are charged, whatever moves later. R-TREE-6
  chain         text collate "C" not null,
  -- first day of the month whose invoice holds it: that of its first day or, of a credit, of the day it was given. R-BILL-1
  bill_month    date   not null,
  offer_id      uuid   not null references offers (id),
  term          text   not null,
  -- the price that it is charged by: of a month or of a year; prepaid: so many of them at once
  payment_mode  text   not null check (payment_mode in ('monthly', 'annual')),
  periods       int    not null default 1 check (periods > 0),
  -- both end days counted; the whole period that the price is for
  from_day      date   not null,
  to_day        date   not null,
  whole_from    date   not null,
  whole_to      date   not null,
  priced_on     date   not null,
  quantity      int    not null,
  reason        text   not null check (reason in ('period', 'withdrawal', 'edition_change', 'cancellation')),
  created_at    timestamptz not null,
  primary key (realm_id, id),
  constraint charged_periods_buyer foreign key (realm_id, buyer_id) references tenants (realm_id, id) deferrable
);
-- ;;
select app.place('charged_periods', 'distributed', 'realm_id', 'tenants');
-- ;;
create index charged_periods_path on charged_periods (path, from_day);
-- ;;
create index charged_periods_billed on charged_periods (bill_month, chain);
-- ;;
create index charged_periods_line on charged_periods (realm_id, order_line_id, from_day);
-- ;;
-- A period of a line is charged once, whoever runs the job. R-BILL-5.
create unique index charged_periods_once on charged_periods (realm_id, order_line_id, offer_id, from_day) where reason = 'period';
-- ;;
select app.guard('charged_periods', 'subtree', 'select, insert');
-- ;;
-- Where a tenant's holders get their licenses from, and whether they take one by themselves. No row: the defaults. R-POOL-2.
create table pool_settings (
  realm_id  bigint not null,
  tenant_id uuid   not null,
  path      text collate "C" not null,
  source    text   not null default 'global_pool' check (source in ('global_pool', 'company_pool')),
  take      text   not null default 'automatic' check (take in ('automatic', 'manual')),
  -- an expired license is exchanged for a free one of the edition where there is one. R-LIC-5
  exchange_expired boolean not null default false,
  version   int    not null default 1,
  primary key (realm_id, tenant_id),
  constraint pool_settings_tenant foreign key (realm_id, tenant_id) references tenants (realm_id, id) deferrable
);
-- ;;
select app.place('pool_settings', 'distributed', 'realm_id', 'tenants');
-- ;;
create index pool_settings_path on pool_settings (path);
-- ;;
select app.guard('pool_settings', 'subtree', 'select, insert, update');
-- ;;
-- How many licenses of a unit a pool has, changed last in each transaction that changes it, so that the audit log can say the exact
-- numbers after each change (R-AUDIT-1) and the lock is held for the commit alone.
create table pool_numbers (
  realm_id   bigint not null,
  pool_id    uuid   not null,
  unit       text   not null,
  path       text collate "C" not null,
  total      int    not null check (total >= 0),
  unassigned int    not null check (unassigned >= 0 and unassigned <= total),
  primary key (realm_id, pool_id, unit),
  constraint pool_numbers_tenant foreign key (realm_id, pool_id) references tenants (realm_id, id) deferrable
);
-- ;;
select app.place('pool_numbers', 'distributed', 'realm_id', 'tenants');
-- ;;
create index pool_numbers_path on pool_numbers (path);
-- ;;
select app.guard('pool_numbers', 'subtree', 'select, insert, update');
-- ;;
-- One unit of a committed or prepaid offer. Its path is the holder's tenant's while it is held and the owner's while it is not: whoever stands at
-- or above the holder or, unassigned, the owner sees it; the owner stands above all its holders. R-TREE-9.
create table licenses (
  realm_id      bigint not null,
  id            uuid   not null,
  path          text collate "C" not null,
  -- the buyer of the order
  owner_id      uuid   not null,
  owner_path    text collate "C" not null,
  -- the tenant whose pool it is in: the owner, or the company it was bought for. R-POOL-1
  pool_id       uuid   not null,
  pool_path     text collate "C" not null,
  -- the company that the pool's owner keeps it for. R-POOL-2
  set_aside_for uuid,
  order_id      uuid,
  order_line_id uuid,
  offer_id      uuid   not null references offers (id),
  product_key   text collate "C" not null,
  unit          text   not null check (unit in ('user', 'device', 'gateway', 'domain', 'tenant')),
  charge_model  text   not null check (charge_model in ('committed', 'prepaid')),
  state         text   not null check (state in ('unassigned', 'assigned', 'pending_cancel', 'expired', 'withdrawn', 'ended')),
  holder_kind   text   check (holder_kind in ('subscriber', 'device', 'gateway', 'domain', 'tenant')),
  holder_id     uuid,
  holder_tenant_id uuid,
  assigned_at   timestamptz,
  -- null for a trial
  term          text,
  starts_on     date   not null,
  -- the last day it is valid, to its end (UTC); null: a trial that nobody has used yet. R-LIC-4
  ends_on       date,
  -- committed: the last day of the commitment
  committed_to  date,
  auto_renew    boolean not null,
  renewal_failures int  not null default 0,
  is_trial      boolean not null,
  trial_ends_at timestamptz,
  -- the edition that it goes on as when its commitment is over. R-LIC-8
  next_offer_id uuid   references offers (id),
  created_at    timestamptz not null,
  -- taken out of the grid after its end. R-LIC-6
  removed_at    timestamptz,
  version       int    not null default 1,
  primary key (realm_id, id),
  constraint licenses_owner foreign key (realm_id, owner_id) references tenants (realm_id, id) deferrable,
  constraint licenses_holder check ((holder_id is null) = (holder_kind is null) and (holder_id is null) = (holder_tenant_id is null)),
  constraint licenses_assigned check ((state = 'assigned') <= (holder_id is not null) and (state = 'unassigned') <= (holder_id is null))
);
-- ;;
select app.place('licenses', 'distributed', 'realm_id', 'tenants');
-- ;;
create index licenses_path on licenses (path, product_key, offer_id, id);
-- ;;
create index licenses_id on licenses (id);
-- ;;
-- A list of one type, in pages.
create index licenses_offer on licenses (offer_id, id);
-- ;;
-- What a move or the end of a tenant looks up: its pools, and what its owner above keeps for it.
create index licenses_pool_path on licenses (pool_path);
-- ;;
create index licenses_owner_path on licenses (owner_path);
-- ;;
create index licenses_set_aside on licenses (realm_id, set_aside_for) where set_aside_for is not null;
-- ;;
-- What a claim takes from, in one look. R-LIC-2.
create index licenses_free on licenses (realm_id, pool_id, offer_id, is_trial, set_aside_for, id)
  where holder_id is null and state in ('unassigned', 'pending_cancel');
-- ;;
-- A holder has one license of a product. R-LIC-1.
create unique index licenses_holder_product on licenses (realm_id, holder_kind, holder_id, product_key)
  where holder_id is not null and state in ('assigned', 'pending_cancel');
-- ;;
create index licenses_pool on licenses (realm_id, pool_id, offer_id, state);
-- ;;
create index licenses_line on licenses (realm_id, order_line_id) where order_line_id is not null;
-- ;;
create index licenses_due on licenses (ends_on) where state in ('unassigned', 'assigned', 'pending_cancel');
-- ;;
create index licenses_trial_due on licenses (trial_ends_at) where is_trial and state in ('unassigned', 'assigned');
-- ;;
select app.guard('licenses', 'subtree', 'select, insert, update');
-- ;;
-- Who held a license of which offer, from when to when: what edges below the buyer are charged by (R-BILL-2), and the license's history.
create table license_holdings (
  realm_id    bigint not null,
  id          uuid   not null,
  -- the holder's tenant
  path        text collate "C" not null,
  license_id  uuid   not null,
  offer_id    uuid   not null references offers (id),
  owner_id    uuid   not null,
  owner_path  text collate "C" not null,
  holder_kind text   not null,
  holder_id   uuid   not null,
  tenant_id   uuid   not null,
  customer_id uuid,
  is_trial    boolean not null,
  from_at     timestamptz not null,
  to_at       timestamptz,
  -- no foreign key to the license: a holder's tenant may move to another realm, and its past goes along
  primary key (realm_id, id)
);
-- ;;
select app.place('license_holdings', 'distributed', 'realm_id', 'tenants');
-- ;;
create index license_holdings_path on license_holdings (path, from_at);
-- ;;
create index license_holdings_license on license_holdings (license_id);
-- ;;
create unique index license_holdings_open on license_holdings (realm_id, license_id) where to_at is null;
-- ;;
select app.guard('license_holdings', 'subtree', 'select, insert, update');
-- ;;
-- What happened to a license, one row an act. Filed where the license stood then. R-LIC (history).
create table license_events (
  realm_id   bigint not null,
  id         uuid   not null,
  path       text collate "C" not null,
  license_id uuid   not null,
  at         timestamptz not null,
  what       text   not null,
  actor_kind text   not null,
  actor_id   uuid,
  details    jsonb  not null,
  primary key (realm_id, id)
);
-- ;;
select app.place('license_events', 'distributed', 'realm_id', 'tenants');
-- ;;
create index license_events_path on license_events (path);
-- ;;
create index license_events_license on license_events (license_id, id);
-- ;;
select app.guard('license_events', 'subtree', 'select, insert');
-- ;;
-- A holder whose license was taken from it takes none by itself until it is granted one. R-LIC-3.
create table license_refusals (
  realm_id    bigint not null,
  holder_kind text   not null,
  holder_id   uuid   not null,
  product_key text collate "C" not null,
  path        text collate "C" not null,
  at          timestamptz not null,
  primary key (realm_id, holder_kind, holder_id, product_key)
);
-- ;;
select app.place('license_refusals', 'distributed', 'realm_id', 'tenants');
-- ;;
create index license_refusals_path on license_refusals (path);
-- ;;
select app.guard('license_refusals', 'subtree', 'select, insert, delete');
-- ;;
-- Trial licenses asked for: not again in 180 days. R-LIC-9.
create table trial_requests (
  realm_id     bigint not null,
  id           uuid   not null,
  path         text collate "C" not null,
  tenant_id    uuid   not null,
  offer_id     uuid   not null references offers (id),
  quantity     int    not null,
  requested_at timestamptz not null,
  primary key (realm_id, id),
  constraint trial_requests_tenant foreign key (realm_id, tenant_id) references tenants (realm_id, id) deferrable
);
-- ;;
select app.place('trial_requests', 'distributed', 'realm_id', 'tenants');
-- ;;
create index trial_requests_path on trial_requests (path);
-- ;;
create index trial_requests_tenant on trial_requests (realm_id, tenant_id, offer_id, requested_at);
-- ;;
select app.guard('trial_requests', 'subtree', 'select, insert');
-- ;;
-- Billing counts the days that were assigned, less those on which it was inactive above. R-TREE-7.
grant execute on function app.paused_days(text, date) to tt_worker;
-- ;;
