import * as oidc from 'openid-client'
import { Problem } from '../../kernel/problem.ts'
import { createOutboundFetch, isOutboundUrl, type OutboundRules } from '../../platform/outbound.ts'

/** A client of ours at an identity provider. The protocol is openid-client's; here stands only what we ask of it. */
export type Client = { issuer: string; clientId: string; clientSecret: string }

/** What a sign-in has to bring back to be the one that went out. */
export type Checks = { state: string; nonce: string; codeVerifier: string }
export type Claims = { issuer: string; subject: string; email: string | null; isEmailVerified: boolean }

const timeoutS = 8

/**
 * Finds the provider's endpoints. Throws identity_provider_unreachable, with the same words whatever the reason: from them nobody learns what
 * stands where in our network.
 */
async function discover(client: Client, rules: OutboundRules): Promise<oidc.Configuration> {
  const fetch = toCustomFetch(rules)
  const insecure = client.issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : []
  try {
    const found = await oidc.discovery(new URL(client.issuer), client.clientId, undefined, oidc.None(), {
      [oidc.customFetch]: fetch,
      execute: insecure,
      timeout: timeoutS,
    })
    const server = found.serverMetadata()
    // The browser is sent there: it has to be an address that a browser may be sent to.
    if (!isOutboundUrl(server.authorization_endpoint ?? '', rules)) throw new Error('no authorization endpoint')
    const config = new oidc.Configuration(server, client.clientId, undefined, authenticationOf(server, client))
    config[oidc.customFetch] = fetch
    config.timeout = timeoutS
    for (const allow of insecure) allow(config)
    oidc.enableNonRepudiationChecks(config)
    return config
  } catch {
    throw unreachable(client)
  }
}

const unreachable = ({ issuer }: Client): Problem =>
  new Problem('identity_provider_unreachable', { detail: `${issuer} does not answer as an OpenID provider.` })

const authenticationOf = (server: oidc.ServerMetadata, { clientSecret }: Client): oidc.ClientAuth =>
  (server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']).includes('client_secret_basic')
    ? oidc.ClientSecretBasic(clientSecret)
    : oidc.ClientSecretPost(clientSecret)

function toCustomFetch(rules: OutboundRules): oidc.CustomFetch {
  const fetch = createOutboundFetch(rules)
  return (url, { method, headers, body, signal }) =>
    fetch(url, { method, headers, signal, body: body instanceof URLSearchParams ? body.toString() : undefined })
}

/** Whether the provider answers, and with what. Throws identity_provider_unreachable. */
export async function checkProvider(client: Client, rules: OutboundRules) {
  const { issuer, authorization_endpoint } = (await discover(client, rules)).serverMetadata()
  return { issuer, authorization_endpoint: authorization_endpoint ?? '' }
}

/** Where the browser goes, with what it has to bring back. Code and PKCE, never an implicit token. Throws identity_provider_unreachable. */
export async function toAuthorization(
  client: Client,
  rules: OutboundRules,
  { redirectUri, loginHint }: { redirectUri: string; loginHint: string },
): Promise<Checks & { url: string }> {
  const config = await discover(client, rules)
  const checks = { state: oidc.randomState(), nonce: oidc.randomNonce(), codeVerifier: oidc.randomPKCECodeVerifier() }
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid email profile',
    state: checks.state,
    nonce: checks.nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(checks.codeVerifier),
    code_challenge_method: 'S256',
    login_hint: loginHint,
  })
  return { ...checks, url: url.href }
}

/**
 * Exchanges what the browser brought back for who signed in. `callback` is the address that the provider sent it to. Throws
 * identity_provider_unreachable, single_sign_on_failed for whatever is not right about it; `note` hears what.
 */
export async function readClaims(
  client: Client,
  rules: OutboundRules,
  { callback, checks, note }: { callback: URL; checks: Checks; note: (reason: string) => void },
): Promise<Claims> {
  const config = await discover(client, rules)
  const outcome = { isReached: true }
  const fetch = config[oidc.customFetch] ?? toCustomFetch(rules)
  config[oidc.customFetch] = (url, options) => noteFailure(outcome, fetch(url, options))
  try {
    const tokens = await oidc.authorizationCodeGrant(config, callback, {
      expectedState: checks.state,
      expectedNonce: checks.nonce,
      pkceCodeVerifier: checks.codeVerifier,
      idTokenExpected: true,
    })
    return await toClaims(config, tokens)
  } catch (error) {
    note(error instanceof Error ? error.message : String(error))
    throw outcome.isReached ? toFailure(error) : unreachable(client)
  }
}

async function noteFailure(outcome: { isReached: boolean }, answer: Promise<Response>): Promise<Response> {
  try {
    const came = await answer
    if (came.status >= 500) outcome.isReached = false
    return came
  } catch (error) {
    outcome.isReached = false
    throw error
  }
}

function toFailure(error: unknown): Problem {
  const code = error instanceof oidc.AuthorizationResponseError ? error.error : ''
  const isPlain = /^[a-z_]{1,60}$/.test(code)
  return new Problem('single_sign_on_failed', isPlain ? { detail: `The provider answered ${code}.` } : {})
}

type Tokens = Awaited<ReturnType<typeof oidc.authorizationCodeGrant>>

/** Some providers tell the address in the token, others only when asked. */
async function toClaims(config: oidc.Configuration, tokens: Tokens): Promise<Claims> {
  const claims = tokens.claims()
  if (claims === undefined) throw new Error('no ID token')
  const told: Told = claims.email === undefined ? await askForUser(config, tokens, claims.sub) : claims
  const { email, email_verified: verified } = told
  return {
    issuer: claims.iss,
    subject: claims.sub,
    email: typeof email === 'string' ? email : null,
    isEmailVerified: verified === true,
  }
}

type Told = Readonly<Record<string, unknown>>

const askForUser = async (config: oidc.Configuration, tokens: Tokens, subject: string): Promise<Told> =>
  config.serverMetadata().userinfo_endpoint === undefined
    ? {}
    : oidc.fetchUserInfo(config, tokens.access_token, subject)
