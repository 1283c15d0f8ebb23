import type { MailTemplateName } from '@tenantree/contract'
import { type Instant, toInstant } from '../kernel/time.ts'

/** What a mail says, without its looks: the text and the HTML of a mail are written from the same letter. */
export type Letter = {
  subject: string
  heading: string
  paragraphs: readonly string[]
  action: { label: string; url: string } | null
  /** Small, at the end. */
  note: string | null
}

/** What each template needs to be written. */
export type MailData = {
  user_invitation: { user_name: string; tenant_name: string; sign_in_url: string; expires_at: string }
  customer_welcome: { contact_name: string | null; tenant_name: string; seller_name: string }
  password_changed: { user_name: string; changed_at: string; address: string }
}

type Template<Data> = { title: string; description: string; sample: Data; write(data: Data): Letter }

const greet = (name: string | null): string => (name === null ? 'Hello,' : `Hello ${name},`)

export const templates: { readonly [Name in MailTemplateName]: Template<MailData[Name]> } = {
  user_invitation: {
    title: 'User invitation',
    description: 'To a new user, with a link that signs in once within seven days',
    sample: {
      user_name: 'Alex Sample',
      tenant_name: 'Sample Company',
      sign_in_url: 'https://console.example.com/sign-in/link?token=sample',
      expires_at: '2027-01-12T10:00:00.000Z',
    },
    write: ({ user_name, tenant_name, sign_in_url, expires_at }) => ({
      subject: `Your access to ${tenant_name}`,
      heading: 'You are invited',
      paragraphs: [greet(user_name), `You have been given access to the console of ${tenant_name}.`],
      action: { label: 'Sign in and set a password', url: sign_in_url },
      note: `The link works once, until ${toMoment(expires_at)}. If you did not expect this mail, do nothing.`,
    }),
  },
  customer_welcome: {
    title: 'Customer welcome',
    description: 'To the contact of a new tenant, where its welcome mail is on',
    sample: { contact_name: 'Alex Sample', tenant_name: 'Sample Company', seller_name: 'Sample Partner' },
    write: ({ contact_name, tenant_name, seller_name }) => ({
      subject: `Welcome, ${tenant_name}`,
      heading: `Welcome, ${tenant_name}`,
      paragraphs: [
        greet(contact_name),
        `${seller_name} has set up ${tenant_name} for you.`,
        'Everyone who is to have access gets an invitation of their own by mail.',
      ],
      action: null,
      note: null,
    }),
  },
  password_changed: {
    title: 'Password changed',
    description: 'To a user whose password was changed',
    sample: { user_name: 'Alex Sample', changed_at: '2027-01-05T10:00:00.000Z', address: '192.0.2.1' },
    write: ({ user_name, changed_at, address }) => ({
      subject: 'Your password was changed',
      heading: 'Your password was changed',
      paragraphs: [
        greet(user_name),
        `The password of your account was changed on ${toMoment(changed_at)}, from the address ${address}.`,
        'If that was you, there is nothing to do. If not, tell your administrator at once.',
      ],
      action: null,
      note: null,
    }),
  },
}

const moment = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })

/** `5 January 2027 at 10:00 UTC`. */
const toMoment = (instant: string): string => `${moment.format(toInstant(instant).epochMilliseconds)} UTC`

/** The letter as plain text. */
export function toText(letter: Letter, senderName: string): string {
  const action = letter.action === null ? [] : [`${letter.action.label}:\n${letter.action.url}`]
  const note = letter.note === null ? [] : [letter.note]
  return `${[...letter.paragraphs, ...action, ...note, `-- \n${senderName}`].join('\n\n')}\n`
}

const minutes = (count: number) => ({ minutes: count })
/** The waits between attempts: 1, 5 and 30 minutes, 2 and 8 hours. */
const waits = [minutes(1), minutes(5), minutes(30), minutes(120), minutes(480)] as const

export type AfterFailure = { state: 'queued'; dueAt: Instant } | { state: 'failed'; dueAt: null }

/** What becomes of a mail whose n-th attempt failed. What the server refuses for good is not tried again. */
export function decideAfterFailure(attempts: number, isPermanent: boolean, now: Instant): AfterFailure {
  const wait = waits[attempts - 1]
  return isPermanent || wait === undefined
    ? { state: 'failed', dueAt: null }
    : { state: 'queued', dueAt: now.add(wait) }
}

export const daysKept = 30

const longestError = 300

/** Servers like to repeat the address, which is erased with the content and must not stay in the error. */
export const toErrorText = (reason: string, recipient: string): string =>
  reason.replaceAll(/\s+/g, ' ').split(recipient).join('<recipient>').slice(0, longestError)
