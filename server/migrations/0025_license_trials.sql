-- Announcements of the ends of trial licenses, and what erasing looks up. Safe online: a column that may be null; the indexes are built under a
-- lock that lets reads pass.
alter table licenses add column announced_days int;
-- ;;
-- Trials that a holder has had of a product: not the same again in 180 days. R-TRIAL-5.
create index license_holdings_trials on license_holdings (realm_id, holder_id, from_at) where is_trial;
-- ;;
-- When a trial that nobody has switched to paid stopped the device: from then on its time runs. R-KEEP-1.
create index devices_trial_over on devices (deactivates_at) where deactivates_at is not null;
-- ;;
