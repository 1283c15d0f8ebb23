export { queueMail, welcome } from './commands.ts'
export { type Mails, openMails } from './delivery.ts'
export type { MailData } from './domain.ts'
export { addMailRoutes } from './routes.ts'
