-- What is done once in the life of a database, such as loading the demo channel. Safe online: new table only.
create table app.markers (
  name text        primary key,
  at   timestamptz not null
);
-- ;;
select app.place('app.markers', 'local');
-- ;;
grant select, insert on app.markers to tt_worker;
-- ;;
