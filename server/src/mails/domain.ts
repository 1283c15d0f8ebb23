import type { MailTemplateName } from '@tenantree/contract'
import { type Instant, toInstant } from '../kernel/time.ts'
import { type PurchaseMailData, purchaseTemplates } from './purchases/domain.ts'

/** What a mail says, without its looks: the text and the HTML of a mail are written from the same letter. */
export type Letter = {
  subject: string
  heading: string
  paragraphs: readonly string[]
  action: { label: string; url: string } | null
  /** Small, at the end. */
  note: string | null
  /** Where such mails are turned off. */
  unsubscribe_url?: string
}

/** What each template needs to be written. */
export type MailData = PurchaseMailData & {
  user_invitation: { user_name: string; tenant_name: string; sign_in_url: string; expires_at: string }
  customer_welcome: { contact_name: string | null; tenant_name: string; seller_name: string }
  password_changed: { user_name: string; changed_at: string; address: string }
  /** Without a link: the user signs in by the identity provider of its organization, which has the password. */
  password_reset: { user_name: string; reset_url: string | null; address: string }
  passkey_added: { user_name: string; passkey_name: string; added_at: string; address: string }
  trial_ending: {
    name: string | null
    tenant_name: string
    /** What is in trial: the tenant itself, an offer, a device. */
    what: string
    ends_at: string
    at_end: 'convert' | 'deactivate' | 'take_from_pool' | 'expire'
    days: number
    console_url: string
    unsubscribe_url: string
  }
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
  password_reset: {
    title: 'Password forgotten',
    description: 'To a user who has forgotten the password, with a link that sets a new one within an hour',
    sample: {
      user_name: 'Alex Sample',
      reset_url: 'https://console.example.com/reset-password?token=sample',
      address: '192.0.2.1',
    },
    write: ({ user_name, reset_url, address }) => ({
      subject: 'Set a new password',
      heading: 'Set a new password',
      paragraphs: [
        greet(user_name),
        `Someone at the address ${address} has asked for a new password for your account.`,
        ...(reset_url === null
          ? ['Your organization signs you in with single sign-on: there is no password here.']
          : []),
      ],
      action: reset_url === null ? null : { label: 'Set a new password', url: reset_url },
      note:
        reset_url === null
          ? null
          : 'The link works once, within an hour. If you did not ask for it, do nothing: your password stays.',
    }),
  },
  passkey_added: {
    title: 'Passkey added',
    description: 'To a user who has added a passkey',
    sample: {
      user_name: 'Alex Sample',
      passkey_name: 'Work laptop',
      added_at: '2027-01-05T10:00:00.000Z',
      address: '192.0.2.1',
    },
    write: ({ user_name, passkey_name, added_at, address }) => ({
      subject: 'A passkey was added to your account',
      heading: 'A passkey was added',
      paragraphs: [
        greet(user_name),
        `The passkey "${passkey_name}" was added to your account on ${toMoment(added_at)}, from the address ${address}.`,
        'If that was you, there is nothing to do. If not, tell your administrator at once.',
      ],
      action: null,
      note: null,
    }),
  },
  ...purchaseTemplates,
  trial_ending: {
    title: 'Trial ending',
    description: 'To the contact of a tenant, or its administrators, 7 days and 1 day before a trial ends',
    sample: {
      name: 'Alex Sample',
      tenant_name: 'Sample Company',
      what: 'Backup Standard',
      ends_at: '2027-02-05T00:00:00.000Z',
      at_end: 'convert',
      days: 7,
      console_url: 'https://console.example.com/',
      unsubscribe_url: 'https://console.example.com/unsubscribe?token=sample',
    },
    write: ({ name, tenant_name, what, ends_at, at_end, days, console_url, unsubscribe_url }) => ({
      subject: `${what}: the trial ends ${days === 1 ? 'in a day' : `in ${days} days`}`,
      heading: `The trial of ${what} ends soon`,
      paragraphs: [
        greet(name),
        `The trial of ${what} at ${tenant_name} ends on ${toMoment(ends_at)}.`,
        afterTrial[at_end],
      ],
      action: { label: 'Open the console', url: console_url },
      note: null,
      unsubscribe_url,
    }),
  },
}

const afterTrial = {
  convert: 'From then on it is charged. There is nothing to do to keep it.',
  deactivate: 'It stops then, unless someone switches it to paid before.',
  take_from_pool: 'It takes a license of your pool then, where one is free; without a license it stops.',
  expire: 'It is over then. Who uses it needs a license of the pool to go on.',
} as const

const moment = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })

/** `5 January 2027 at 10:00 UTC`. */
const toMoment = (instant: string): string => `${moment.format(toInstant(instant).epochMilliseconds)} UTC`

export const unsubscribeLabel = 'No more mails about trials'

/** The letter as plain text. */
export function toText(letter: Letter, senderName: string): string {
  const action = letter.action === null ? [] : [`${letter.action.label}:\n${letter.action.url}`]
  const note = letter.note === null ? [] : [letter.note]
  const unsubscribe = letter.unsubscribe_url ? [`${unsubscribeLabel}:\n${letter.unsubscribe_url}`] : []
  return `${[...letter.paragraphs, ...action, ...note, ...unsubscribe, `-- \n${senderName}`].join('\n\n')}\n`
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

const longestError = 300

/** Servers like to repeat the address, which is erased with the content and must not stay in the error. */
export const toErrorText = (reason: string, recipient: string): string =>
  reason.replaceAll(/\s+/g, ' ').split(recipient).join('<recipient>').slice(0, longestError)
