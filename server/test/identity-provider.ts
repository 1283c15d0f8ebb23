import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import Provider from 'oidc-provider'

/** Who is signed in at the provider, and what it says of them. */
export type Person = { subject: string; email?: string; email_verified?: boolean }

/** A real OpenID provider on this machine, at which whoever comes is signed in as `person` without being asked. */
export type IdentityProvider = {
  issuer: string
  clientId: string
  clientSecret: string
  person: Person
  /** Goes where a browser is sent, and on wherever it is sent from there. Answers the address at the console that it ends at. */
  browse(url: string): Promise<URL>
  /** Nobody answers there any more. */
  stop(): Promise<void>
}

type Options = {
  redirectUri: string /** Tells the address in the ID token too, as many providers do. */
  tellsInToken?: boolean
}

export async function openIdentityProvider({ redirectUri, tellsInToken = false }: Options): Promise<IdentityProvider> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const issuer = `http://127.0.0.1:${port}`
  const client = { clientId: 'console', clientSecret: randomBytes(24).toString('base64url') }
  const people = new Map<string, Person>()
  const provider = new Provider(issuer, {
    clients: [{ client_id: client.clientId, client_secret: client.clientSecret, redirect_uris: [redirectUri] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: !tellsInToken,
    jwks: { keys: [signingKey()] },
    ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => {
        const { subject, ...rest } = people.get(id) ?? { subject: id }
        return { sub: subject, ...rest }
      },
    }),
  })
  const opened: IdentityProvider = {
    issuer,
    ...client,
    person: { subject: 'nobody' },
    browse: (url) => browse(url, redirectUri),
    stop: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  }
  provider.use(async (context, next) => {
    if (!context.path.startsWith('/interaction/')) return next()
    people.set(opened.person.subject, opened.person)
    const { prompt, params, session, grantId } = await provider.interactionDetails(context.req, context.res)
    if (prompt.name === 'login')
      return provider.interactionFinished(context.req, context.res, { login: { accountId: opened.person.subject } })
    const known = grantId === undefined ? undefined : await provider.Grant.find(grantId)
    const grant =
      known ?? new provider.Grant({ accountId: session?.accountId ?? '', clientId: String(params.client_id) })
    grant.addOIDCScope('openid email profile')
    return provider.interactionFinished(context.req, context.res, { consent: { grantId: await grant.save() } })
  })
  server.on('request', provider.callback())
  return opened
}

const signingKey = () => ({
  ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
  use: 'sig',
  alg: 'RS256',
})

/** What a browser does with redirects and cookies. */
async function browse(start: string, redirectUri: string): Promise<URL> {
  const cookies = new Map<string, string>()
  let at = new URL(start)
  for (let step = 0; step < 10; step += 1) {
    if (at.href.startsWith(redirectUri)) return at
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(at, { redirect: 'manual', headers: { cookie } })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    const location = answer.headers.get('location')
    if (location === null) throw new Error(`${at.href} answered ${answer.status}: ${await answer.text()}`)
    at = new URL(location, at)
  }
  throw new Error(`${start} leads in a circle`)
}
