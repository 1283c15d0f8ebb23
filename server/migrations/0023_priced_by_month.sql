-- What a line of an invoice is, how its price was made, and the assigned days behind it, kept as they were rated. Columns that may be null or have a constant
-- default, a new table, functions; the updates touch credits and holdings alone. One thing waits for a quiet hour where there are millions of lines: their
-- quantity becomes numeric, which writes the table anew (a second for 100,000 lines).
alter table invoice_lines
  -- 'use': after use; 'period': ordered; 'assigned': days assigned below a buyer; what whole packages or a minimum add to an offer has no customer
  add column kind    text not null default 'use' check (kind in ('use', 'period', 'assigned', 'package', 'minimum')),
  -- where the price is not one per unit: how the sum over all customers of the edge was priced. R-PRICE-1, R-BILL-6
  add column pricing jsonb,
  -- code of the term that was ordered
  add column term    text,
  -- of what was ordered: by which order, which part of a month or year, at the price of which day. R-BILL-6
  add column basis   jsonb,
  -- the devices or licenses behind it; null in lines from before: their quantity tells
  add column units   bigint,
  alter column customer_id drop not null,
  alter column customer_name drop not null,
  alter column unit_price drop not null,
  -- bytes over 10^9 by parts of days need more than 64 bits
  alter column quantity type numeric,
  alter column divisor type numeric;
-- ;;
-- Beside the lines: what whole packages, a minimum or the month's other orders change. [{"offer_id": ..., "reason": "package", "amount_minor": "120"}]
alter table orders add column first_added jsonb not null default '[]';
-- ;;
-- The row that a credit takes back. R-BUY-3, R-LIC-8.
alter table charged_periods add column credit_of uuid;
-- ;;
alter table license_holdings add column term text;
-- ;;
-- As tt_worker, whom the policies let past: the owner is held by them.
grant tt_worker to current_user;
-- ;;
set role tt_worker;
-- ;;
update charged_periods c set credit_of = (
  select p.id from charged_periods p
  where p.realm_id = c.realm_id and p.order_line_id = c.order_line_id and p.offer_id = c.offer_id and p.quantity * c.quantity < 0 and p.id < c.id
    and p.from_day <= c.from_day and p.to_day >= c.to_day and (c.reason <> 'withdrawal' or p.quantity = -c.quantity and p.from_day = c.from_day)
  order by p.id limit 1)
where c.reason = 'withdrawal' or c.quantity < 0;
-- ;;
update license_holdings h set term = l.term from licenses l where l.id = h.license_id and l.term is not null;
-- ;;
reset role;
-- ;;
create index charged_periods_credits on charged_periods (realm_id, credit_of) where credit_of is not null;
-- ;;
-- What was held of a license in a month, by the places of its holder and its owner on those days, kept once when the month is rated: every edge below the
-- owner is charged from it, and it is the evidence of the line. R-BILL-2, R-BILL-6, R-BILL-9.
create table rated_holdings (
  realm_id     bigint not null,
  month        date   not null,
  holding_id   uuid   not null,
  -- where the holder's tenant stood on those days, and where the license's owner did: neither changes
  place        text collate "C" not null,
  owner_place  text collate "C" not null,
  -- where the holder's tenant stands now
  path         text collate "C" not null,
  license_id   uuid   not null,
  offer_id     uuid   not null references offers (id),
  term         text   not null,
  holder_kind  text   not null,
  holder_id    uuid   not null,
  customer_id  uuid   not null,
  site_id      uuid,
  -- bit d - 1 is day d
  days         int    not null,
  charged_days int    not null,
  primary key (realm_id, month, holding_id, place, owner_place)
);
-- ;;
select app.place('rated_holdings', 'distributed', 'realm_id', 'tenants');
-- ;;
create index rated_holdings_path on rated_holdings (path, month);
-- ;;
create index rated_holdings_place on rated_holdings (month, place);
-- ;;
select app.guard('rated_holdings', 'subtree', 'select');
-- ;;
create policy search on rated_holdings for select to tt_search using (true);
-- ;;
grant select on rated_holdings to tt_search;
-- ;;
grant create on schema app to tt_search;
-- ;;
-- The assigned days behind a line of an invoice, for the two ends of its edge, wherever the holder stands by now. R-BILL-6, R-TREE-10.
create function app.assigned_behind(of_seller uuid, of_buyer uuid, of_month date, of_customer uuid, of_offer uuid, of_term text) returns table (
  realm_id bigint, license_id uuid, holder_kind text, holder_id uuid, site_id uuid, days int
) language sql stable security definer set search_path = public, pg_temp as $$
  select h.realm_id, h.license_id, h.holder_kind, h.holder_id, h.site_id, bit_or(h.charged_days)
  from rated_holdings h
  where h.month = of_month and h.customer_id = of_customer and h.offer_id = of_offer and h.term = of_term and h.charged_days <> 0
    and exists (select 1 from tenants t where t.id in (of_seller, of_buyer) and t.path = current_setting('app.lo', true))
    and exists (select 1 from app.edge_places(of_seller, of_buyer) e (place) where h.place >= e.place and h.place < e.place || '~')
    and not exists (select 1 from app.edge_places(of_seller, of_buyer) e (place) where h.owner_place >= e.place and h.owner_place < e.place || '~')
  group by h.realm_id, h.license_id, h.holder_kind, h.holder_id, h.site_id
$$;
-- ;;
alter function app.assigned_behind(uuid, uuid, date, uuid, uuid, text) owner to tt_search;
-- ;;
revoke create on schema app from tt_search;
-- ;;
revoke all on function app.assigned_behind(uuid, uuid, date, uuid, uuid, text) from public;
-- ;;
grant execute on function app.assigned_behind(uuid, uuid, date, uuid, uuid, text) to tt_runtime;
-- ;;
-- On which days of a month a tenant stood where: the day of a move belongs to the new place, of several moves on a day the last one counts. R-BILL-9.
create function app.places_of(of_tenant uuid, of_path text, of_month date) returns table (place text, days int)
language sql stable as $$
  with stays as (
    (select distinct on (f.until_day) f.place, f.until_day from former_places f
      where f.tenant_id = of_tenant and f.until_day > of_month order by f.until_day, f.moved_at)
    union all
    select of_path, null
  ), spans as (
    select s.place, coalesce(lag(s.until_day) over (order by s.until_day nulls last), of_month) as from_day, s.until_day from stays s
  )
  select s.place, bit_or(app.days_between(of_month, s.from_day, s.until_day)) from spans s
  where s.from_day < (of_month + interval '1 month')
  group by s.place
$$;
-- ;;
revoke all on function app.places_of(uuid, text, date) from public;
-- ;;
grant execute on function app.places_of(uuid, text, date), app.tenant_at(text) to tt_worker;
-- ;;
-- As before; all evidence of what was billed outlives the tenant: tables whose names begin with rated_.
create or replace function app.purge_subtree(top text) returns void language plpgsql as $$
declare spot record;
begin
  set constraints all deferred;
  for spot in select * from app.directory_links() loop
    execute format('delete from %s d using %s n where n.id = d.%I and n.path >= $1 and n.path < $2', spot.rel, spot.noun, spot.link)
      using top, top || '~';
  end loop;
  delete from audit_personal where path >= top and path < top || '~';
  for spot in select rel from app.owned_tables() where not stays and rel::text not like 'rated\_%' and rel <> 'former_places'::regclass loop
    execute format('delete from %s where path >= $1 and path < $2', spot.rel) using top, top || '~';
  end loop;
  delete from idempotency_keys where path >= top and path < top || '~';
  update realms set name_key = 'purged:' || id, parent_tenant_id = null where path = top;
end $$;
-- ;;
