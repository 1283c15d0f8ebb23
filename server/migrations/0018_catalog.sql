-- What an offer is beside its name, the features and machines it is for, the terms and conditions. Safe online: columns with constant defaults on a small
-- table, new tables; the new unique constraint holds for what the old one held for.
alter table offers
  add column description      text not null default '',
  -- [{"code": "annual", "name": "1 year", "months": 12}]: the commitment of a committed offer, the length of a prepaid one; [] for the others
  add column terms            jsonb not null default '[]',
  add column trial_days       int check (trial_days between 1 and 90),
  -- R-TRIAL-2
  add column trial_end_policy text check (trial_end_policy in ('convert', 'deactivate', 'take_from_pool')),
  add column features         text[] not null default '{}',
  -- {"session_limit": 3, "business_devices": 1, "personal_devices": 2}: R-SUB-6, R-ACT-3
  add column limits           jsonb not null default '{}',
  -- the kinds of holder of a license: subscriber, device, gateway, domain
  add column assignable_to    text[] not null default '{}',
  -- [{"product_key": "backup", "edition_key": null}]: null is every edition of the product
  add column add_on_of        jsonb not null default '[]',
  add column metric           text check (metric in ('selected_size', 'used_storage', 'protected_users')),
  -- the edition as the table of machines has it; null runs on every machine. R-OFFER-3
  add column machine_edition  text,
  -- whether an order acknowledges the terms and conditions. R-BUY-1
  add column requires_terms   boolean not null default false,
  add column withdrawn_at     timestamptz,
  add column version          int not null default 1,
  add constraint offers_trial check ((trial_days is null) = (trial_end_policy is null)),
  add constraint offers_metric check (metric is null or charge_model = 'peak');
-- ;;
-- The same edition may be sold after use and as a license.
alter table offers drop constraint offers_edition;
-- ;;
alter table offers add constraint offers_edition unique (product_key, edition_key, charge_model);
-- ;;
update offers set assignable_to = '{device}' where unit = 'device';
-- ;;
grant update (edition, edition_key, description, terms, trial_days, trial_end_policy, features, limits, assignable_to, add_on_of, machine_edition,
  requires_terms, withdrawn_at, version) on offers to tt_runtime;
-- ;;
-- Taking an offer away from a buyer. R-TREE-4.
-- The right to update is for the lock of a seller's own row while it enables the offer below.
grant delete, update (enabled_at) on enabled_offers to tt_runtime;
-- ;;
-- Where an offer is enabled.
create index enabled_offers_offer on enabled_offers (offer_id, path);
-- ;;
-- What editions are compared by. R-OFFER-4.
create table features (
  code        text collate "C" primary key,
  name        text not null,
  description text not null,
  position    int  not null,
  version     int  not null
);
-- ;;
select app.place('features', 'reference');
-- ;;
select app.guard('features', 'shared', 'select, insert, update (name, description, position, version)');
-- ;;
-- Which license fits which machine: rows say yes. R-OFFER-3.
create table machine_editions (
  code     text collate "C" primary key,
  name     text not null,
  position int  not null,
  version  int  not null
);
-- ;;
select app.place('machine_editions', 'reference');
-- ;;
create table machine_fits (
  edition_code text collate "C" not null references machine_editions (code),
  os           text not null check (os in ('windows_workstation', 'windows_server', 'macos', 'linux')),
  payment_mode text not null check (payment_mode in ('monthly', 'annual')),
  primary key (edition_code, os, payment_mode)
);
-- ;;
select app.place('machine_fits', 'reference');
-- ;;
alter table offers add constraint offers_machine_edition foreign key (machine_edition) references machine_editions (code);
-- ;;
-- Before the guards: the owner itself is held by the policies.
insert into machine_editions (code, name, position, version) values
  ('desktop_server', 'Desktop & Server', 1, 1), ('desktop', 'Desktop', 2, 1), ('server', 'Server', 3, 1),
  ('sql', 'SQL Server', 4, 1), ('exchange', 'Exchange', 5, 1), ('vm', 'Virtual machines', 6, 1);
-- ;;
insert into machine_fits (edition_code, os, payment_mode)
  select e.code, os, mode
  from machine_editions e
  cross join unnest(array['windows_workstation', 'windows_server', 'macos', 'linux']) os
  cross join unnest(array['monthly', 'annual']) mode
  where e.code = 'desktop_server' or (os not in ('macos', 'linux') and (e.code <> 'desktop' or os <> 'windows_server'));
-- ;;
select app.guard('machine_editions', 'shared', 'select, insert, update (name, position, version)');
-- ;;
select app.guard('machine_fits', 'shared', 'select, insert, delete');
-- ;;
-- The vendor's terms and conditions: a version stays as it was written, orders name the number that was acknowledged. R-BUY-1.
create table terms_versions (
  number     int  primary key,
  text       text not null,
  valid_from date not null,
  created_at timestamptz not null
);
-- ;;
select app.place('terms_versions', 'reference');
-- ;;
select app.guard('terms_versions', 'shared', 'select, insert');
-- ;;
