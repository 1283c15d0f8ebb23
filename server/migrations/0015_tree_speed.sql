-- Lists and searches of the tree at a million tenants. Safe online: indexes and a function are replaced by ones that do what the former did.
-- An index that a page is chosen from holds all that the choice looks at: of what is not on the page no row is read.
create index tenants_subtree on tenants (path) include (realm_id, id, name_key, created_at, state, level, parent_id);
-- ;;
drop index tenants_path;
-- ;;
create index tenants_names on tenants (name_key, id) include (realm_id, path, state, level, parent_id);
-- ;;
create index tenants_names_of_realm on tenants (realm_id, name_key, id) include (path, state, level, parent_id);
-- ;;
drop index tenants_by_name;
-- ;;
create index tenants_ages on tenants (created_at, id) include (realm_id, name_key, path, state, level, parent_id);
-- ;;
-- How large a subtree is is told from a range of paths: with a hundred steps over a million tenants the planner may be wrong by 20,000.
alter table tenants alter column path set statistics 1000;
-- ;;
analyze tenants;
-- ;;
drop function app.search_tenants(text, text, text, uuid, text, text, text, uuid, int);
-- ;;
-- The text search of tenants: `like` is not leakproof, so under row-level security it would read every row. The function runs
-- as tt_search, which may only read, and keeps inside the bounds of the scope that has been entered.
-- Under a policy, even one that lets all through, the planner is not told how often a word is found. So the way is chosen here: a small subtree
-- is read whole; in a large one a sample tells whether many have the word: then the page is looked for among the first in order; what few have
-- the index of trigrams finds. By name, or the newest first; after_key is of that order. of_realm only makes it faster.
create function app.search_tenants(lo text, hi text, q text, parent uuid, of_level text, in_state text, after_key text, after_id uuid, n int,
  newest_first boolean default false, at timestamptz default null, of_realm bigint default null)
returns table (realm_id bigint, id uuid, path text)
language plpgsql stable security definer rows 50 set search_path = public, pg_temp as $$
declare
  from_path text := greatest(lo collate "C", current_setting('app.lo', true) collate "C");
  to_path text := least(hi collate "C", current_setting('app.hi', true) collate "C");
  pattern text := '%' || replace(replace(replace(q, '\', '\\'), '%', '\%'), '_', '\_') || '%';
  seen int;
  hits int;
  -- So many of the first in order are looked through: ten times what the sample lets expect.
  first_rows int;
  fits text := ' t.path >= $1 and t.path < $2 and t.name_key like $3'
    -- A trial that is over at the moment is production, whether or not that has been noted.
    || case when in_state is null then ' and t.state <> ''deleted'''
            when in_state = 'in_trial' then ' and t.state = $6 and (t.trial_ends_at > $10) is not false'
            when in_state = 'production' then ' and (t.state = $6 or (t.state = ''in_trial'' and t.trial_ends_at <= $10))'
            else ' and t.state = $6' end
    || case when parent is null then '' else ' and t.parent_id = $4' end
    || case when of_level is null then '' else ' and t.level = $5' end;
  after text := case when after_key is null then 'true' when newest_first then '(t.created_at, t.id) < ($7::timestamptz, $8)'
    else '(t.name_key, t.id) > ($7, $8)' end || case when of_realm is null then '' else ' and t.realm_id = $11' end;
  in_order text := case when newest_first then ' order by t.created_at desc, t.id desc' else ' order by t.name_key, t.id' end;
  realms bigint[];
  ids uuid[];
  paths text[];
begin
  -- greatest and least pass over null: where no scope was entered nothing is seen.
  if current_setting('app.lo', true) is null or current_setting('app.hi', true) is null then return; end if;
  execute 'select count(*), count(*) filter (where s.name_key like $3) from (select t.name_key from tenants t where t.path >= $1 and t.path < $2 limit 2000) s'
    into seen, hits using from_path, to_path, pattern;
  if seen = 2000 and hits >= 40 then
    first_rows := least(20000, greatest(2000, 10 * n * (seen / hits)));
    execute 'with first as (select * from tenants t where ' || after || in_order || ' limit $12),
        found as (select t.realm_id, t.id, t.path from first t where' || fits || in_order || ' limit $9)
      select array_agg(t.realm_id), array_agg(t.id), array_agg(t.path) from found t' into realms, ids, paths
      using from_path, to_path, pattern, parent, of_level, in_state, after_key, after_id, n, at, of_realm, first_rows;
  end if;
  if cardinality(ids) = n then
    return query select * from unnest(realms, ids, paths);
  else
    return query execute 'with found as materialized (select t.realm_id, t.id, t.path, t.name_key, t.created_at from tenants t where' || fits
      || ' and ' || after || ') select t.realm_id, t.id, t.path from found t' || in_order || ' limit $9'
      using from_path, to_path, pattern, parent, of_level, in_state, after_key, after_id, n, at, of_realm;
  end if;
end $$;
-- ;;
alter function app.search_tenants(text, text, text, uuid, text, text, text, uuid, int, boolean, timestamptz, bigint) owner to tt_search;
-- ;;
revoke all on function app.search_tenants(text, text, text, uuid, text, text, text, uuid, int, boolean, timestamptz, bigint) from public;
-- ;;
grant execute on function app.search_tenants(text, text, text, uuid, text, text, text, uuid, int, boolean, timestamptz, bigint) to tt_runtime;
-- ;;
