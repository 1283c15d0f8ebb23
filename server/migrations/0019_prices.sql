-- Price models, and prices by term, payment period and service type. Safe online: columns with constant defaults; the keys are rebuilt on tables that hold
-- a row per price, and what the old keys held for the new ones hold for too.
alter table prices
  alter column unit_price drop not null,
  -- the code of a term of the offer; '' where it is sold in none
  add column term         text not null default '',
  add column period       text not null default 'monthly' check (period in ('monthly', 'annual')),
  -- '' is a price for both
  add column service_type text not null default '' check (service_type in ('', 'all_inclusive', 'software_only')),
  add column model        text not null default 'per_unit' check (model in ('flat', 'per_unit', 'graduated', 'volume', 'package')),
  -- of flat: the amount; of package: what one package costs
  add column amount       numeric check (amount >= 0),
  add column package_size bigint check (package_size > 0),
  -- [{"above": 0, "up_to": 10, "unit_price": "4.10"}, {"above": 10, "up_to": null, "unit_price": "3.90"}]
  add column tiers        jsonb,
  add column minimum      numeric check (minimum > 0),
  add constraint prices_rate check (case model
    when 'per_unit' then unit_price is not null and amount is null and package_size is null and tiers is null
    when 'flat' then unit_price is null and amount is not null and package_size is null and tiers is null
    when 'package' then unit_price is null and amount is not null and package_size is not null and tiers is null
    else unit_price is null and amount is null and package_size is null and tiers is not null end);
-- ;;
alter table prices drop constraint prices_from;
-- ;;
alter table prices add constraint prices_from unique (realm_id, price_list_id, offer_id, term, period, service_type, valid_from);
-- ;;
alter table asked_prices
  alter column unit_price drop not null,
  add column term         text not null default '',
  add column period       text not null default 'monthly',
  add column service_type text not null default '',
  add column model        text not null default 'per_unit',
  add column amount       numeric,
  add column package_size bigint,
  add column tiers        jsonb,
  add column minimum      numeric;
-- ;;
alter table asked_prices drop constraint asked_prices_pkey;
-- ;;
alter table asked_prices add constraint asked_prices_pkey primary key (realm_id, buyer_id, offer_id, term, period, service_type, valid_from);
-- ;;
