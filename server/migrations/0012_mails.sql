-- Mails with their states, what they say, and the branding of partners. Safe online: new tables; columns with a constant default.
create table mails (
  realm_id   bigint not null,
  id         uuid   not null,
  path       text collate "C" not null,
  tenant_id  uuid   not null,
  template   text   not null,
  state      text   not null check (state in ('queued', 'sent', 'failed')),
  attempts   int    not null default 0,
  -- when it is tried next; null unless it is queued
  due_at     timestamptz,
  last_error text,
  dedupe_key text,
  created_at timestamptz not null,
  sent_at    timestamptz,
  primary key (realm_id, id),
  constraint mails_dedupe unique (realm_id, dedupe_key),
  constraint mails_tenant foreign key (realm_id, tenant_id) references tenants (realm_id, id) deferrable
);
-- ;;
select app.place('mails', 'distributed', 'realm_id', 'tenants');
-- ;;
create index mails_path on mails (path, created_at, id);
-- ;;
create index mails_id on mails (id);
-- ;;
create index mails_due on mails (realm_id, due_at) where state = 'queued';
-- ;;
select app.guard('mails', 'subtree', 'select, insert');
-- ;;
-- What a re-send changes, and nothing else: that a mail was sent is said by the worker alone.
grant update (state, attempts, due_at, last_error) on mails to tt_runtime;
-- ;;
-- Whom a mail goes to and what it says: personal, and erased after 30 days, while the row in mails stays. R-KEEP-1.
create table mail_contents (
  realm_id       bigint not null,
  mail_id        uuid   not null,
  path           text collate "C" not null,
  recipient      text   not null,
  recipient_name text   not null,
  sender_name    text   not null,
  subject        text   not null,
  text_body      text   not null,
  html_body      text   not null,
  created_at     timestamptz not null,
  primary key (realm_id, mail_id),
  constraint mail_contents_mail foreign key (realm_id, mail_id) references mails (realm_id, id) deferrable
);
-- ;;
select app.place('mail_contents', 'distributed', 'realm_id', 'tenants');
-- ;;
create index mail_contents_path on mail_contents (path);
-- ;;
create index mail_contents_age on mail_contents (realm_id, created_at);
-- ;;
select app.guard('mail_contents', 'subtree', 'select, insert', 'select, insert, update, delete');
-- ;;
-- How a partner shows itself to those below it. A brand counts once it is set; until then only the tenant's name is shown. R-TREE-9.
alter table tenant_brands
  add column is_set      boolean not null default false,
  add column brand_name  text,
  add column logo        text,
  add column sender_name text;
-- ;;
