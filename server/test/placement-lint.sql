-- Holds the tables against their declared classes: one row per broken rule, none where all is well. Catalog only, any PostgreSQL 15+.
-- What it keeps possible is that the same migrations run on a sharded database one day, and that no table is open by oversight.
with cls as (
  select c.oid, tc.class, tc.dist_key, coalesce(tc.coloc, tc.relname) as coloc, tc.relname
  from app.table_class tc join pg_class c on c.oid = to_regclass(tc.relname)
),
parts as (
  select i.inhrelid as oid from pg_inherits i join pg_class c on c.oid = i.inhrelid where c.relkind in ('r', 'p')
),
tabs as (
  select c.oid, c.oid::regclass::text as relname
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and n.nspname not in ('information_schema', 'graphile_worker') and n.nspname !~ '^pg_'
    and c.oid not in (select oid from parts)
),
dk as (
  select cls.*, a.attnum, a.attnotnull, a.atttypid
  from cls left join pg_attribute a on a.attrelid = cls.oid and a.attname = cls.dist_key
  where class in ('distributed', 'directory')
),
fks as (
  select c.conrelid, c.confrelid, c.conname, c.conkey, c.confkey, c.confdeltype, c.confupdtype
  from pg_constraint c where c.contype = 'f'
),
roles as (select unnest(array['tt_runtime', 'tt_worker', 'tt_search']) as name)
select 'R1 table has no class' as rule, relname as object, '' as detail
from tabs where oid not in (select oid from cls)
union all
select 'R2 distribution key missing or nullable', relname, dist_key
from dk where attnum is null or not attnotnull
union all
select 'R3 co-located tables differ in the type of their key', a.relname, b.relname
from dk a join dk b on a.coloc = b.coloc and a.oid < b.oid and a.atttypid <> b.atttypid
union all
select 'R4 unique index without the distribution key', d.relname, i.indexrelid::regclass::text
from dk d join pg_index i on i.indrelid = d.oid and i.indisunique
where not d.attnum = any ((i.indkey::int2[])[0:i.indnkeyatts - 1])
union all
select 'R5 exclusion constraint without the distribution key', d.relname, c.conname
from dk d join pg_constraint c on c.conrelid = d.oid and c.contype = 'x'
where not d.attnum = any (c.conkey)
union all
select 'R6 foreign key does not pair the distribution keys', d.relname, f.conname
from dk d join fks f on f.conrelid = d.oid join dk t on t.oid = f.confrelid
where d.coloc = t.coloc
  and not exists (select from generate_subscripts(f.conkey, 1) k where f.conkey[k] = d.attnum and f.confkey[k] = t.attnum)
union all
select 'R7 foreign key across co-location groups', d.relname, f.conname
from dk d join fks f on f.conrelid = d.oid join dk t on t.oid = f.confrelid
where d.coloc <> t.coloc
union all
select 'R8 foreign key from ' || s.class || ' to ' || t.class, s.relname, f.conname
from cls s join fks f on f.conrelid = s.oid join cls t on t.oid = f.confrelid
where (s.class, t.class) in (('reference', 'distributed'), ('local', 'distributed'), ('distributed', 'local'),
                             ('reference', 'local'), ('local', 'reference'))
union all
select 'R9 set null or set default on a foreign key that has the distribution key', d.relname, f.conname
from dk d join fks f on f.conrelid = d.oid
where (f.confdeltype in ('n', 'd') or f.confupdtype in ('n', 'd')) and d.attnum = any (f.conkey)
union all
select 'R10 trigger', d.relname, t.tgname
from dk d join pg_trigger t on t.tgrelid = d.oid and not t.tgisinternal
union all
select 'R11 sequence or identity', d.relname, a.attname
from dk d
join pg_attribute a on a.attrelid = d.oid and a.attnum > 0 and not a.attisdropped
left join pg_attrdef f on f.adrelid = a.attrelid and f.adnum = a.attnum
where a.attidentity <> '' or pg_get_expr(f.adbin, f.adrelid) like 'nextval(%'
union all
select 'R12 policy with a sub-select', d.relname, p.polname
from dk d join pg_policy p on p.polrelid = d.oid
where coalesce(p.polqual::text, '') || coalesce(p.polwithcheck::text, '') like '%{SUBLINK%'
union all
select 'R13 name longer than 50 characters', cls.relname, x.name
from cls cross join lateral (
  select relname::text as name from pg_class where oid = cls.oid
  union select c.relname::text from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = cls.oid
  union select conname::text from pg_constraint where conrelid = cls.oid
) x
where length(x.name) > 50
union all
select 'R14 a role may touch a partition directly', p.oid::regclass::text, r.rolname
from parts p cross join pg_roles r
where r.rolname in (select name from roles) and has_table_privilege(r.rolname, p.oid, 'select, insert, update, delete')
union all
select 'R15 row-level security not on, not forced, or without a policy', cls.relname, ''
from cls join pg_class c on c.oid = cls.oid
where cls.class <> 'local'
  and (not c.relrowsecurity or not c.relforcerowsecurity or not exists (select from pg_policy p where p.polrelid = c.oid))
union all
select 'R16 role missing', name, ''
from roles where name not in (select rolname from pg_roles)
order by 1, 2, 3
