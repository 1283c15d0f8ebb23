import { type Role, roles } from '@tenantree/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as given from '../../test/given.ts'
import { auditOf, query, refusal, seen, writesNothing } from '../../test/state.ts'
import { type Client, openWorld, signInWithLink, type World } from '../../test/world.ts'

const missingId = '01990000-0000-7000-8000-000000000000'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

/** A user at a tenant, as others see it and with a session of its own. */
async function person(by: Client, tenantId: string, role: Role) {
  const email = `${given.unique('p').replace(' ', '.')}@users.example`
  const made = given.expectOk(await by.post('/v1/users', { tenant_id: tenantId, email, name: 'Ada Person', role })).body
  const token = new URL(made.sign_in_url).searchParams.get('token') ?? ''
  return {
    id: made.user.id as string,
    version: made.user.version as number,
    email,
    as: world.as(await signInWithLink(world.url, token)),
  }
}
const reseller = async () => {
  const tenant = await given.tenant(world.vendor, world.vendorId, { level: 'reseller' })
  return { id: tenant.id as string, first: await person(world.vendor, tenant.id, 'superuser') }
}

describe('editing a user', () => {
  it('200: name, role and flags; a new role holds at once; who did it is noted, the name apart', async () => {
    const { id, first } = await reseller()
    const user = await person(first.as, id, 'manager')
    expect((await first.as.get(`/v1/users/${user.id}`)).headers.get('etag')).toBe('"1"')
    const change = { name: 'Ada King', role: 'operator', may_purchase: true, security_officer: true }
    const edited = await first.as.patch(`/v1/users/${user.id}`, change, 1)
    expect(edited.body).toMatchObject({ ...change, support: false, version: 2 })
    expect(edited.headers.get('etag')).toBe('"2"')
    expect((await user.as.get('/v1/me')).body).toMatchObject({ user: change, may: ['licenses.assign', 'orders.place'] })
    const [, , entry] = await auditOf(world, user.id)
    expect(entry).toMatchObject({
      action: 'user.updated',
      before: { role: 'manager', may_purchase: false },
      after: { role: 'operator', may_purchase: true },
    })
    expect(JSON.stringify(entry)).not.toMatch(/Ada/)
  })

  it('412 stale_version: someone else was faster; nothing is written', async () => {
    const { id, first } = await reseller()
    const user = await person(first.as, id, 'manager')
    given.expectOk(await first.as.patch(`/v1/users/${user.id}`, { role: 'operator' }, 1))
    const late = await writesNothing(world, () => first.as.patch(`/v1/users/${user.id}`, { role: 'administrator' }, 1))
    expect(refusal(late)).toBe('412 stale_version')
  })

  it('403 role_above_own: each role that is not one’s to give, to take or to look after (R-USER-3)', async () => {
    const { id, first } = await reseller()
    const administrator = await person(first.as, id, 'administrator')
    const own: readonly Role[] = ['administrator', 'manager', 'operator', 'supporter']
    for (const role of roles) {
      const user = await person(first.as, id, role)
      const answers = [
        await administrator.as.patch(`/v1/users/${user.id}`, { name: 'New Name' }, 1),
        await administrator.as.patch(`/v1/users/${user.id}`, { role: 'superuser' }, own.includes(role) ? 2 : 1),
        await administrator.as.delete(`/v1/users/${user.id}`),
      ]
      const came = answers.map((answer) => (answer.status < 300 ? `${answer.status}` : refusal(answer)))
      const above = '403 role_above_own'
      expect(came, role).toEqual(own.includes(role) ? ['200', above, '204'] : [above, above, above])
    }
  })

  it('403 flag_above_own: an administrator gives the flags it has; a superuser all', async () => {
    const { id, first } = await reseller()
    const administrator = await person(first.as, id, 'administrator')
    const user = await person(first.as, id, 'operator')
    const grant = (as: Client, version: number) => as.patch(`/v1/users/${user.id}`, { security_officer: true }, version)
    const refused = await writesNothing(world, () => grant(administrator.as, 1))
    expect(refusal(refused)).toBe('403 flag_above_own')
    given.expectOk(await first.as.patch(`/v1/users/${administrator.id}`, { security_officer: true }, 1))
    expect((await grant(administrator.as, 1)).body.security_officer).toBe(true)
    // What is there already may stay where one edits something else, and be taken away.
    given.expectOk(await first.as.patch(`/v1/users/${administrator.id}`, { security_officer: false }, 2))
    expect((await administrator.as.patch(`/v1/users/${user.id}`, { name: 'Other' }, 2)).status).toBe(200)
    const taken = await administrator.as.patch(`/v1/users/${user.id}`, { security_officer: false }, 3)
    expect(taken.body.security_officer).toBe(false)
  })

  it('422 flag_not_for_role: no flag on a supporter (scenario 93), support at the vendor only', async () => {
    const { id, first } = await reseller()
    const supporter = await person(first.as, id, 'supporter')
    const operator = await person(first.as, id, 'operator')
    const edit = (userId: string, change: object) =>
      writesNothing(world, () => first.as.patch(`/v1/users/${userId}`, change, 1))
    expect(refusal(await edit(supporter.id, { security_officer: true }))).toBe('422 flag_not_for_role')
    expect(refusal(await edit(supporter.id, { may_purchase: true }))).toBe('422 flag_not_for_role')
    expect(refusal(await edit(operator.id, { support: true }))).toBe('422 flag_not_for_role')
    given.expectOk(await first.as.patch(`/v1/users/${operator.id}`, { may_purchase: true }, 1))
    const demoted = await first.as.patch(`/v1/users/${operator.id}`, { role: 'supporter' }, 2)
    expect(refusal(demoted)).toBe('422 flag_not_for_role')
    const both = await first.as.patch(`/v1/users/${operator.id}`, { role: 'supporter', may_purchase: false }, 2)
    expect(both.body).toMatchObject({ role: 'supporter', may_purchase: false })
    const manager = await person(world.vendor, world.vendorId, 'manager')
    expect((await world.vendor.patch(`/v1/users/${manager.id}`, { support: true }, 1)).body.support).toBe(true)
  })

  it('404: a user of another branch looks exactly like a missing one', async () => {
    const [a, b] = [await reseller(), await reseller()]
    for (const id of [b.first.id, missingId]) {
      const answers = [
        await a.first.as.get(`/v1/users/${id}`),
        await a.first.as.patch(`/v1/users/${id}`, { name: 'x' }, 1),
        await a.first.as.delete(`/v1/users/${id}`),
        await a.first.as.post(`/v1/users/${id}/invite`),
      ]
      for (const answer of answers) expect(seen(answer)).toEqual(seen(answers[0]!))
      expect(refusal(answers[0]!)).toBe('404 not_found')
    }
  })
})

describe('R-USER-3: the last superuser stays', () => {
  it('409 last_superuser: removed or demoted; the one before the last may go', async () => {
    const { id, first } = await reseller()
    const refused = (act: () => ReturnType<Client['get']>) => writesNothing(world, act).then(refusal)
    expect(await refused(() => world.vendor.delete(`/v1/users/${first.id}`))).toBe('409 last_superuser')
    const demote = { role: 'administrator' }
    expect(await refused(() => first.as.patch(`/v1/users/${first.id}`, demote, 1))).toBe('409 last_superuser')
    const second = await person(first.as, id, 'superuser')
    expect((await second.as.patch(`/v1/users/${first.id}`, demote, 1)).status).toBe(200)
    expect(await refused(() => world.vendor.delete(`/v1/users/${second.id}`))).toBe('409 last_superuser')
  })

  it('204 once, 409 once: two superusers who remove each other at once', async () => {
    for (let round = 1; round <= 5; round += 1) {
      const { id, first } = await reseller()
      const second = await person(first.as, id, 'superuser')
      const answers = await Promise.all([
        world.vendor.delete(`/v1/users/${first.id}`),
        world.vendor.patch(`/v1/users/${second.id}`, { role: 'operator' }, 1),
      ])
      expect(answers.map(({ status }) => status >= 400).sort(), `round ${round}`).toEqual([false, true])
      const left = await query(world, "select 1 from users where tenant_id = $1 and role = 'superuser'", [id])
      expect(left).toHaveLength(1)
    }
  })
})

describe('removing and inviting again', () => {
  it('204: sessions and links end at once, the address is free again, the log keeps no name', async () => {
    const { id, first } = await reseller()
    const user = await person(first.as, id, 'manager')
    const link = given.expectOk(await first.as.post(`/v1/users/${user.id}/invite`)).body
    expect((await first.as.delete(`/v1/users/${user.id}`)).status).toBe(204)
    expect(refusal(await user.as.get('/v1/me'))).toBe('401 unauthenticated')
    const token = new URL(link.sign_in_url).searchParams.get('token')
    expect(refusal(await world.as(null).post('/v1/sessions/link', { token }))).toBe('401 sign_in_link_invalid')
    expect(refusal(await first.as.delete(`/v1/users/${user.id}`))).toBe('404 not_found')
    const again = { tenant_id: id, email: user.email, name: 'Someone', role: 'operator' }
    expect((await first.as.post('/v1/users', again)).status).toBe(201)
    const entries = await auditOf(world, user.id)
    expect(entries.at(-1)).toMatchObject({ action: 'user.removed', before: { role: 'manager' } })
    expect(JSON.stringify(entries)).not.toContain(user.email)
  })

  it('201: a new link; the former one, the password and the sessions are gone', async () => {
    const { id, first } = await reseller()
    const user = await person(first.as, id, 'manager')
    const password = 'fifteen letters'
    given.expectOk(await user.as.put('/v1/me/password', { current_password: null, new_password: password }))
    const one = given.expectOk(await first.as.post(`/v1/users/${user.id}/invite`)).body
    const two = given.expectOk(await first.as.post(`/v1/users/${user.id}/invite`)).body
    expect(two.user).toMatchObject({ id: user.id, state: 'invited' })
    expect(refusal(await user.as.get('/v1/me'))).toBe('401 unauthenticated')
    expect(refusal(await world.as(null).post('/v1/sessions', { email: user.email, password }))).toBe(
      '401 sign_in_failed',
    )
    const tokenOf = (url: string) => new URL(url).searchParams.get('token') ?? ''
    const former = await world.as(null).post('/v1/sessions/link', { token: tokenOf(one.sign_in_url) })
    expect(refusal(former)).toBe('401 sign_in_link_invalid')
    expect((await world.as(await signInWithLink(world.url, tokenOf(two.sign_in_url))).get('/v1/me')).status).toBe(200)
  })
})

describe('own sessions', () => {
  it('200: one’s own only, each with where it came from; one can be ended', async () => {
    const { id, first } = await reseller()
    const user = await person(first.as, id, 'manager')
    const password = 'fifteen letters'
    given.expectOk(await user.as.put('/v1/me/password', { current_password: null, new_password: password }))
    await world.as(null).post('/v1/sessions', { email: user.email, password }, { 'user-agent': 'A Browser/1' })
    const { data } = (await user.as.get('/v1/me/sessions')).body
    expect(data).toMatchObject([{ current: false, user_agent: 'A Browser/1', address: '127.0.0.1' }, { current: true }])
    const foreign = await writesNothing(world, () => first.as.delete(`/v1/me/sessions/${data[0].id}`))
    expect(seen(foreign)).toEqual(seen(await first.as.delete(`/v1/me/sessions/${missingId}`)))
    expect(refusal(foreign)).toBe('404 not_found')
    expect((await user.as.delete(`/v1/me/sessions/${data[0].id}`)).status).toBe(204)
    expect((await user.as.get('/v1/me/sessions')).body.data).toHaveLength(1)
    expect((await user.as.delete(`/v1/me/sessions/${data[1].id}`)).status).toBe(204)
    expect(refusal(await user.as.get('/v1/me'))).toBe('401 unauthenticated')
  })
})
