import { sql } from 'kysely'
import { aDay, days, type KeepingClock, type Standing } from '../keeping/index.ts'
import { eraseContents } from './repository.ts'

/** What mails say, and to whom. A mail that was not sent by then never will be. R-KEEP-1. */
export const mailContents: KeepingClock = {
  kind: 'mail_contents',
  title: 'What mails say',
  erases: 'The recipient, the subject and the text. That a mail of that kind was sent, and when, stays.',
  keptFor: days(30),
  atLeast: aDay,
  standing: (until) => sql<Standing>`
    select c.realm_id, c.path, c.mail_id as id, c.subject as name, c.created_at as since from mail_contents c
    where c.created_at <= ${until}::timestamptz`,
  erase: eraseContents,
}
