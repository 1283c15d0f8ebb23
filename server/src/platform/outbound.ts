import { lookup as lookUpName } from 'node:dns'
import { type IncomingMessage, request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** Asks a server of someone else, at an address that a user has typed. */
export type OutboundFetch = (
  url: string,
  options: {
    method: string
    headers: Record<string, string>
    body?: string | undefined
    signal?: AbortSignal | undefined
  },
) => Promise<Response>

export type OutboundRules = {
  /** Demo and test mode: servers on this very machine, by http too. */
  allowLoopback: boolean
  /** Hosts that the operator trusts although they stand in a private network. */
  privateHosts: readonly string[]
}

/** It may not be asked, whatever it would answer. */
export class OutboundRefused extends Error {}

const longestAnswerBytes = 1_048_576
const timeoutMs = 8_000

const blockList = (ranges: readonly [string, number, 'ipv4' | 'ipv6'][]): BlockList => {
  const list = new BlockList()
  for (const [address, prefix, family] of ranges) list.addSubnet(address, prefix, family)
  return list
}
const loopback = blockList([
  ['127.0.0.0', 8, 'ipv4'],
  ['::1', 128, 'ipv6'],
])
/** What is not the public network: IANA's special-purpose registries. */
const special = blockList([
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.88.99.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
])
/** Of IPv6 only 2000::/3 is public, and in it these are not: they lead to IPv4 addresses, or nowhere. */
const publicIpv6 = blockList([['2000::', 3, 'ipv6']])
const specialIpv6 = blockList([
  ['2001::', 23, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['3fff::', 20, 'ipv6'],
])

/** `::ffff:10.0.0.1` is held against the rules of IPv4. */
const toPlainAddress = (address: string): string =>
  address.toLowerCase().startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address

const isLoopback = (address: string): boolean => loopback.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
const isPublic = (address: string): boolean =>
  isIP(address) === 4
    ? !special.check(address, 'ipv4')
    : publicIpv6.check(address, 'ipv6') && !specialIpv6.check(address, 'ipv6')

/** Whether a server at the address may be asked. */
export function mayReach(address: string, host: string, rules: OutboundRules): boolean {
  const plain = toPlainAddress(address)
  if (isIP(plain) === 0) return false
  return isPublic(plain) || (rules.allowLoopback && isLoopback(plain)) || rules.privateHosts.includes(host)
}

const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
const isNamedLoopback = (host: string): boolean => host === 'localhost' || (isIP(host) !== 0 && isLoopback(host))

/** Whether a URL has the form of one that may be asked: https, or http to this machine where that is allowed. */
export function isOutboundUrl(text: string, rules: OutboundRules): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  const host = hostOf(url)
  if (url.username !== '' || url.password !== '') return false
  if (isIP(host) !== 0 && !mayReach(host, host, rules)) return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && rules.allowLoopback && isNamedLoopback(host))
}

/**
 * A fetch for addresses that users type (SSRF): https only, no redirects, and the address that a name resolves to is looked at when the
 * connection is made, so that a name cannot show another one later. An answer is at most 1 MB and eight seconds long.
 */
export function createOutboundFetch(rules: OutboundRules): OutboundFetch {
  return (text, options) =>
    new Promise((resolve, reject) => {
      if (!isOutboundUrl(text, rules)) throw new OutboundRefused(`${text} may not be asked`)
      const url = new URL(text)
      const limit = AbortSignal.timeout(timeoutMs)
      const sent = (url.protocol === 'https:' ? requestSecure : requestPlain)(
        url,
        {
          method: options.method,
          headers: options.headers,
          lookup: guardedLookup(hostOf(url), rules),
          signal: options.signal ? AbortSignal.any([options.signal, limit]) : limit,
          agent: false,
        },
        (answer) => void readAnswer(answer).then(resolve, reject),
      )
      sent.on('error', reject)
      sent.end(options.body)
    })
}

/** The system's look-up, whose answers are held against the rules: all of them, since any may be taken. */
const guardedLookup =
  (host: string, rules: OutboundRules): LookupFunction =>
  (name, options, done) => {
    lookUpName(name, { ...options, all: true }, (error, addresses) => {
      const failure = error ?? refuseUnreachable(addresses, host, rules)
      if (failure !== null) return done(failure, [])
      if (options.all) return done(null, addresses)
      done(null, addresses[0]?.address ?? '', addresses[0]?.family)
    })
  }

const refuseUnreachable = (
  addresses: readonly { address: string }[],
  host: string,
  rules: OutboundRules,
): OutboundRefused | null =>
  addresses.every(({ address }) => mayReach(address, host, rules))
    ? null
    : new OutboundRefused(`${host} is not in the public network`)

async function readAnswer(answer: IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of answer) {
    size += chunk.length
    if (size > longestAnswerBytes) throw new Error('the answer is too long')
    chunks.push(chunk)
  }
  const status = answer.statusCode ?? 500
  const headers = new Headers()
  for (const [name, value] of Object.entries(answer.headers))
    for (const one of [value ?? []].flat()) headers.append(name, one)
  const isBodiless = status === 204 || status === 304
  return new Response(isBodiless ? null : new Uint8Array(Buffer.concat(chunks)), { status, headers })
}
