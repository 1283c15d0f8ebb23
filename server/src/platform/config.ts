import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { z } from 'zod'
import { StartFailure } from './start-failure.ts'

export type Mode = 'demo' | 'test' | 'production'

export type Config = {
  host: string
  /** 0 is any free port. */
  port: number
  /** Absolute. */
  dataDir: string
  /** null: the embedded PostgreSQL. */
  databaseUrl: string | null
  publicUrl: string | null
  smtpUrl: string | null
  /** Card payments; null: by invoice only. The base is for a stand-in on this very machine. */
  stripe: { secretKey: string; webhookSecret: string; apiBase: string | null } | null
  /** Hosts in private networks that users may name as identity providers. */
  privateHosts: string[]
  /** Addresses and networks of proxies whose X-Forwarded-For is believed. */
  trustedProxies: string[]
  /** Absolute. Where signed checkpoints of the audit log are kept outside of the database too. */
  auditCheckpointFile: string | null
  mode: Mode
  /** pino's levels, on stderr. */
  logLevel: string
  /** Start without demo data. */
  empty: boolean
}

/** What is wrong with each variable, in the words of the message; the schema below decides when it is said. */
const refusals = {
  HOST: 'HOST has to be an address or a name without spaces, for example HOST=127.0.0.1',
  PORT: 'PORT has to be a whole number from 0 to 65535, for example PORT=8080',
  DATA_DIR: 'DATA_DIR has to be a folder, for example DATA_DIR=./data',
  DATABASE_URL: 'DATABASE_URL has to look like postgres://user:password@host:5432/database',
  PUBLIC_URL: 'PUBLIC_URL has to look like https://console.example.com',
  SMTP_URL: 'SMTP_URL has to look like smtp://user:password@host:587',
  STRIPE_SECRET_KEY:
    'STRIPE_SECRET_KEY has to be a secret or restricted key of Stripe, such as sk_live_... or rk_live_...',
  STRIPE_WEBHOOK_SECRET: 'STRIPE_WEBHOOK_SECRET has to be the signing secret of the endpoint, such as whsec_...',
  STRIPE_API_BASE: 'STRIPE_API_BASE is for a stand-in on this machine only, for example http://127.0.0.1:12111',
  PRIVATE_HOSTS: 'PRIVATE_HOSTS has to be host names with commas between, for example PRIVATE_HOSTS=login.corp.example',
  TRUSTED_PROXIES:
    'TRUSTED_PROXIES has to be addresses or networks with commas between, for example TRUSTED_PROXIES=10.0.0.5,10.1.0.0/16',
  AUDIT_CHECKPOINT_FILE:
    'AUDIT_CHECKPOINT_FILE has to be a file, for example AUDIT_CHECKPOINT_FILE=/mnt/audit/checkpoints.jsonl',
  MODE: 'MODE has to be demo, test or production',
  LOG_LEVEL: 'LOG_LEVEL has to be fatal, error, warn, info, debug, trace or silent',
} as const

const environment = z.strictObject({
  HOST: z.string().regex(/^\S+$/, refusals.HOST).default('127.0.0.1'),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, refusals.PORT)
    .transform(Number)
    .refine((port) => port <= 65_535, refusals.PORT)
    .default(8080),
  DATA_DIR: z.string().regex(/\S/, refusals.DATA_DIR).default('./data'),
  DATABASE_URL: url(['postgres:', 'postgresql:'], refusals.DATABASE_URL),
  PUBLIC_URL: url(['http:', 'https:'], refusals.PUBLIC_URL),
  SMTP_URL: url(['smtp:', 'smtps:'], refusals.SMTP_URL),
  STRIPE_SECRET_KEY: z
    .string()
    .regex(/^(sk|rk)_\w{8,}$/, refusals.STRIPE_SECRET_KEY)
    .optional(),
  STRIPE_WEBHOOK_SECRET: z
    .string()
    .regex(/^whsec_\w{8,}$/, refusals.STRIPE_WEBHOOK_SECRET)
    .optional(),
  STRIPE_API_BASE: z
    .string()
    .regex(/^http:\/\/(127\.0\.0\.1|\[::1\]|localhost):\d{1,5}$/, refusals.STRIPE_API_BASE)
    .optional(),
  PRIVATE_HOSTS: list((host) => /^[a-z0-9.-]+$/i.test(host), refusals.PRIVATE_HOSTS),
  TRUSTED_PROXIES: list(isNetwork, refusals.TRUSTED_PROXIES),
  AUDIT_CHECKPOINT_FILE: z.string().regex(/\S/, refusals.AUDIT_CHECKPOINT_FILE).optional(),
  MODE: z.enum(['demo', 'test', 'production'], refusals.MODE).optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], refusals.LOG_LEVEL).default('warn'),
})

/** Reads the whole configuration, strictly. An empty variable counts as unset. Throws StartFailure. */
export function loadConfig(env: NodeJS.ProcessEnv, argv: string[]): Config {
  const empty = readWords(argv)
  const parsed = environment.safeParse(ours(env))
  if (!parsed.success) throw refusal(parsed.error)
  const { HOST, PORT, DATA_DIR, DATABASE_URL, PUBLIC_URL, SMTP_URL, AUDIT_CHECKPOINT_FILE, MODE, LOG_LEVEL } =
    parsed.data
  const { PRIVATE_HOSTS, TRUSTED_PROXIES } = parsed.data
  return {
    host: HOST,
    port: PORT,
    dataDir: resolve(DATA_DIR),
    databaseUrl: DATABASE_URL,
    publicUrl: PUBLIC_URL,
    smtpUrl: SMTP_URL,
    stripe: toStripe(parsed.data),
    privateHosts: PRIVATE_HOSTS.map((host) => host.toLowerCase()),
    trustedProxies: ['loopback', ...TRUSTED_PROXIES],
    auditCheckpointFile: AUDIT_CHECKPOINT_FILE === undefined ? null : resolve(AUDIT_CHECKPOINT_FILE),
    mode: MODE ?? (empty ? 'production' : 'demo'),
    logLevel: LOG_LEVEL,
    empty,
  }
}

/** Both secrets or none: without the signing secret nobody could tell what Stripe has said. Throws StartFailure. */
function toStripe({
  STRIPE_SECRET_KEY,
  STRIPE_WEBHOOK_SECRET,
  STRIPE_API_BASE,
}: z.output<typeof environment>): Config['stripe'] {
  if (STRIPE_SECRET_KEY !== undefined && STRIPE_WEBHOOK_SECRET !== undefined)
    return { secretKey: STRIPE_SECRET_KEY, webhookSecret: STRIPE_WEBHOOK_SECRET, apiBase: STRIPE_API_BASE ?? null }
  if ([STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET, STRIPE_API_BASE].every((value) => value === undefined)) return null
  const missing = STRIPE_SECRET_KEY === undefined ? 'STRIPE_SECRET_KEY' : 'STRIPE_WEBHOOK_SECRET'
  throw new StartFailure(`${missing} is missing for card payments`, refusals[missing])
}

function readWords(argv: string[]): boolean {
  const unknown = argv.filter((word) => word !== '--empty')
  if (unknown.length > 0) {
    throw new StartFailure(
      `"${unknown[0]}" is not a word of this command`,
      'The only one is --empty (start without demo data): npm start -- --empty',
    )
  }
  return argv.includes('--empty')
}

/** The variables that are meant for us: the known names, and everything that claims to be by its TENANTREE_. */
function ours(env: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      typeof entry[1] === 'string' && entry[1] !== '' && (entry[0] in refusals || entry[0].startsWith('TENANTREE_')),
  )
  return Object.fromEntries(entries)
}

function refusal(error: z.ZodError): StartFailure {
  const issue = error.issues[0]
  if (issue?.code === 'unrecognized_keys') {
    return new StartFailure(
      `${issue.keys[0]} is not a variable that Tenantree reads`,
      `Take it out of the environment; the variables are ${Object.keys(refusals).join(', ')}`,
    )
  }
  return new StartFailure(issue?.message ?? 'The configuration is wrong', 'Correct the variable and start again')
}

function list(isEntry: (entry: string) => boolean, message: string) {
  return z
    .string()
    .transform((text) => text.split(',').map((entry) => entry.trim()))
    .refine((entries) => entries.every(isEntry), message)
    .default([])
}

/** `10.0.0.5`, or `10.1.0.0/16`. */
function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/')
  const longest = isIP(address) === 4 ? 32 : 128
  const isPrefix = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= longest)
  return isIP(address) !== 0 && isPrefix && rest.length === 0
}

function url(protocols: string[], message: string) {
  return z
    .string()
    .refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), message)
    .transform((text): string | null => text)
    .default(null)
}
