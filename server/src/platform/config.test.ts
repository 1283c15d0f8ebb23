import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig } from './config.ts'
import { explainListenError, StartFailure } from './start-failure.ts'

describe('loadConfig', () => {
  it('needs no variable', () => {
    expect(loadConfig({ PATH: '/bin' }, [])).toEqual({
      host: '127.0.0.1',
      port: 8080,
      dataDir: resolve('./data'),
      databaseUrl: null,
      publicUrl: null,
      smtpUrl: null,
      stripe: null,
      privateHosts: [],
      trustedProxies: ['loopback'],
      auditCheckpointFile: null,
      mode: 'demo',
      logLevel: 'warn',
      empty: false,
    })
  })

  it('an empty variable counts as unset', () => {
    expect(loadConfig({ PORT: '', DATABASE_URL: '', TENANTREE_LEFT_OVER: '' }, [])).toEqual(loadConfig({}, []))
  })

  it.each([
    [{}, [], 'demo'],
    [{}, ['--empty'], 'production'],
    [{ MODE: 'demo' }, ['--empty'], 'demo'],
    [{ MODE: 'test' }, [], 'test'],
  ])('%j with %j runs in mode %s', (env, argv, mode) => {
    expect(loadConfig(env, argv)).toMatchObject({ mode, empty: argv.includes('--empty') })
  })

  it.each([
    ['PORT', '0', { port: 0 }],
    ['PORT', '65535', { port: 65_535 }],
    ['DATA_DIR', '/srv/x y', { dataDir: '/srv/x y' }],
    ['DATABASE_URL', 'postgresql://a:b@c/d', { databaseUrl: 'postgresql://a:b@c/d' }],
    ['PUBLIC_URL', 'https://console.example.com', { publicUrl: 'https://console.example.com' }],
    ['AUDIT_CHECKPOINT_FILE', '/srv/audit.jsonl', { auditCheckpointFile: '/srv/audit.jsonl' }],
    ['PRIVATE_HOSTS', 'Login.corp.example, sso', { privateHosts: ['login.corp.example', 'sso'] }],
    ['TRUSTED_PROXIES', '10.0.0.5,10.1.0.0/16,::1', { trustedProxies: ['loopback', '10.0.0.5', '10.1.0.0/16', '::1'] }],
    ['SMTP_URL', 'smtps://mail.example.com', { smtpUrl: 'smtps://mail.example.com' }],
  ])('%s=%s is taken', (name, value, expected) => {
    expect(loadConfig({ [name]: value }, [])).toMatchObject(expected)
  })

  it.each([
    ['HOST', 'my host'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '8080.5'],
    ['PORT', 'http'],
    ['DATA_DIR', '  '],
    ['DATABASE_URL', 'mysql://a:b@c/d'],
    ['DATABASE_URL', 'localhost:5432/tenantree'],
    ['PUBLIC_URL', 'console.example.com'],
    ['SMTP_URL', 'https://mail.example.com'],
    ['PRIVATE_HOSTS', 'https://login.corp.example'],
    ['TRUSTED_PROXIES', '10.0.0.5,'],
    ['TRUSTED_PROXIES', '10.0.0.0/33'],
    ['TRUSTED_PROXIES', 'proxy.example'],
    ['MODE', 'staging'],
    ['STRIPE_SECRET_KEY', 'pk_live_12345678'],
    ['STRIPE_WEBHOOK_SECRET', 'secret'],
    ['STRIPE_API_BASE', 'https://api.stripe.com'],
    ['STRIPE_API_BASE', 'http://10.0.0.5:12111'],
    ['STRIPE_API_BASE', 'http://127.0.0.1.example:12111'],
  ])('%s=%s stops the start with one line that names it', (name, value) => {
    const failure = catchFailure(() => loadConfig({ [name]: value }, []))
    expect(failure.message).toContain(name)
    expect(failure.message).not.toContain('\n')
  })

  const stripe = { STRIPE_SECRET_KEY: 'sk_test_12345678', STRIPE_WEBHOOK_SECRET: 'whsec_12345678' }
  it('card payments need both secrets; another server than Stripe stands on this machine', () => {
    const secrets = { secretKey: 'sk_test_12345678', webhookSecret: 'whsec_12345678' }
    expect(loadConfig(stripe, []).stripe).toEqual({ ...secrets, apiBase: null })
    const apiBase = 'http://127.0.0.1:12111'
    expect(loadConfig({ ...stripe, STRIPE_API_BASE: apiBase }, []).stripe).toEqual({ ...secrets, apiBase })
    for (const name of ['STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET'])
      expect(catchFailure(() => loadConfig({ ...stripe, [name]: '' }, [])).message).toContain(name)
  })

  it('another variable that begins with TENANTREE_ stops the start', () => {
    expect(catchFailure(() => loadConfig({ TENANTREE_PORT: '8080' }, [])).message).toContain('TENANTREE_PORT')
  })

  it('an unknown word stops the start', () => {
    expect(catchFailure(() => loadConfig({}, ['--empty', '--port=1'])).message).toContain('--port=1')
  })
})

describe('explainListenError', () => {
  const at = { host: '127.0.0.1', port: 8080 }

  it.each([
    ['EADDRINUSE', 'Port 8080 of 127.0.0.1 is taken'],
    ['EACCES', 'Port 8080 is not permitted'],
    ['EADDRNOTAVAIL', 'HOST 127.0.0.1 is not an address of this machine'],
    ['ENOTFOUND', 'HOST 127.0.0.1 is not an address of this machine'],
  ])('%s is one line with advice', (code, what) => {
    const failure = explainListenError(Object.assign(new Error('listen'), { code }), at)
    expect(failure).toBeInstanceOf(StartFailure)
    expect(failure).toMatchObject({ message: expect.stringContaining(what) })
  })

  it('anything else stays the bug that it is', () => {
    const bug = new TypeError('x is not a function')
    expect(explainListenError(bug, at)).toBe(bug)
  })
})

function catchFailure(act: () => unknown): StartFailure {
  try {
    act()
  } catch (error) {
    if (error instanceof StartFailure) return error
  }
  throw new Error('it was not refused')
}
