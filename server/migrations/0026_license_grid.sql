-- The license grid at 100,000 rows of a type. Safe online: indexes alone, and one goes whose work another one does.
-- Rows of one type in the order of the grid, with what the scope and its policy look at: finding where its pages begin reads no row.
create index licenses_of_type on licenses (offer_id, id) include (realm_id, path, removed_at, ends_on, product_key, created_at);
-- ;;
drop index licenses_offer;
-- ;;
-- The same by the last day. A trial that nobody has used has none and comes last. `case`, not `coalesce`: under a policy the planner trusts only the
-- one not to tell of rows that are hidden, and would read the list from its start to find the page in its middle.
create index licenses_ends on licenses (offer_id, (case when ends_on is null then date '9999-12-31' else ends_on end), id) include (realm_id, path, removed_at, ends_on, product_key, created_at);
-- ;;
