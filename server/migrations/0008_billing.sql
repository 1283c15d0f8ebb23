-- Runs, rated units, invoices and their numbers. Safe online: new tables only.
-- The day map of a month from a day on: all of it for an earlier day, none for a later one.
create function app.days_from(month date, first date) returns int language sql immutable parallel safe as $$
  select case
    when first is null or first <= month then 2147483647
    when first >= (month + interval '1 month')::date then 0
    else 2147483647 & ~((1 << (extract(day from first)::int - 1)) - 1)
  end
$$;
-- ;;
create table billing_runs (
  realm_id    bigint not null,
  id          uuid   not null,
  path        text collate "C" not null,
  month       date   not null,
  state       text   not null check (state in ('running', 'done')),
  started_at  timestamptz not null,
  finished_at timestamptz,
  primary key (realm_id, id),
  constraint billing_runs_month unique (realm_id, month)
);
-- ;;
select app.place('billing_runs', 'distributed', 'realm_id', 'tenants');
-- ;;
create index billing_runs_path on billing_runs (path);
-- ;;
select app.guard('billing_runs', 'subtree', 'select, insert, update');
-- ;;
-- The month as it was rated, once per realm: every edge is charged from these rows, so the quantities agree. They are the evidence.
create table rated_units (
  realm_id     bigint not null,
  month        date   not null,
  customer_id  uuid   not null,
  offer_id     uuid   not null,
  device_id    uuid   not null,
  path         text collate "C" not null,
  site_id      uuid,
  days         int    not null,
  charged_days int    not null,
  units        int    not null,
  primary key (realm_id, month, customer_id, offer_id, device_id)
);
-- ;;
select app.place('rated_units', 'distributed', 'realm_id', 'tenants');
-- ;;
create index rated_units_path on rated_units (path, month);
-- ;;
select app.guard('rated_units', 'subtree', 'select');
-- ;;
create table rated_months (
  realm_id bigint not null,
  month    date   not null,
  rated_at timestamptz not null,
  primary key (realm_id, month)
);
-- ;;
select app.place('rated_months', 'distributed', 'realm_id', 'tenants');
-- ;;
-- Which months are rated says nothing about anyone.
select app.guard('rated_months', 'shared', 'select');
-- ;;
-- Stands in the buyer's realm. The seller may live in another one: no foreign key.
create table invoices (
  realm_id     bigint not null,
  id           uuid   not null,
  path         text collate "C" not null,
  seller_path  text collate "C" not null,
  seller_id    uuid   not null,
  buyer_id     uuid   not null,
  month        date   not null,
  number       text,
  state        text   not null check (state in ('draft', 'issued', 'paid', 'overdue', 'void')),
  draft_reason text,
  currency     text   not null,
  total_minor  bigint not null,
  seller       jsonb  not null,
  buyer        jsonb  not null,
  issued_at    timestamptz,
  due_on       date,
  created_at   timestamptz not null,
  primary key (realm_id, id),
  constraint invoices_edge unique (realm_id, seller_id, buyer_id, month),
  constraint invoices_number unique (realm_id, seller_id, number)
);
-- ;;
select app.place('invoices', 'distributed', 'realm_id', 'tenants');
-- ;;
create index invoices_id on invoices (id);
-- ;;
create index invoices_path on invoices (path, month);
-- ;;
create index invoices_seller on invoices (seller_path, month);
-- ;;
select app.guard('invoices', 'ends', 'select');
-- ;;
create table invoice_lines (
  realm_id      bigint  not null,
  id            uuid    not null,
  invoice_id    uuid    not null,
  path          text collate "C" not null,
  seller_path   text collate "C" not null,
  position      int     not null,
  customer_id   uuid    not null,
  customer_name text    not null,
  offer_id      uuid    not null references offers (id),
  product       text    not null,
  edition       text    not null,
  charge_model  text    not null,
  unit          text    not null,
  from_day      date    not null,
  to_day        date    not null,
  quantity      bigint  not null,
  unit_price    numeric not null,
  amount_minor  bigint  not null,
  active_days   bigint  not null,
  primary key (realm_id, id),
  constraint invoice_lines_position unique (realm_id, invoice_id, position),
  constraint invoice_lines_invoice foreign key (realm_id, invoice_id) references invoices (realm_id, id) on delete cascade
);
-- ;;
select app.place('invoice_lines', 'distributed', 'realm_id', 'tenants');
-- ;;
select app.guard('invoice_lines', 'ends', 'select');
-- ;;
-- The next number of a seller in a year: in the seller's realm, locked last, so that no number is ever missing.
create table invoice_counters (
  realm_id  bigint not null,
  seller_id uuid   not null,
  year      int    not null,
  last      bigint not null,
  primary key (realm_id, seller_id, year)
);
-- ;;
select app.place('invoice_counters', 'distributed', 'realm_id', 'tenants');
-- ;;
select app.guard('invoice_counters', 'worker', '');
-- ;;
