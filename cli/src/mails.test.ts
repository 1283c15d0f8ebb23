import type { MailRow } from '@tenantree/sdk'
import { beforeEach, expect, it } from 'vitest'
import { problem } from '../../sdk/test/peer.ts'
import { openCli } from '../test/cli.ts'
import { id, page } from '../test/data.ts'

let cli: Awaited<ReturnType<typeof openCli>>
beforeEach(async () => {
  cli = await openCli()
  return () => cli.close()
})

const mail: MailRow = {
  id: id(90),
  tenant_id: id(2),
  tenant_name: 'Amber',
  template: 'user_invitation',
  state: 'failed',
  recipient: 'ada@amber.example',
  subject: 'Your access to Amber',
  attempts: 6,
  due_at: null,
  last_error: 'connect ECONNREFUSED',
  created_at: '2027-01-05T10:00:00.000Z',
  sent_at: null,
}

it('200: mails list sends the filters and shows states and errors', async () => {
  const { run, peer } = await cli.signedIn({ 'GET /v1/mails': { body: page([mail]) } })
  const { stdout } = await run('mails', 'list', '--tenant', id(2), '--state', 'failed', '--limit', '5')
  expect(stdout).toMatch(/user_invitation +ada@amber\.example +Amber +failed +6 .*ECONNREFUSED/)
  expect(peer.requests.at(-1)?.query.toString()).toBe(`tenant_id=${id(2)}&state=failed&limit=6`)
})

it('200: mails resend queues a failed mail', async () => {
  const answer = { body: { ...mail, state: 'queued', text: null, html: null } }
  const { run } = await cli.signedIn({ [`POST /v1/mails/${mail.id}/resend`]: answer })
  expect((await run('mails', 'resend', mail.id)).stdout).toBe('Queued again: Your access to Amber\n')
})

it('409 state_conflict: one line on stderr', async () => {
  const { run } = await cli.signedIn({ [`POST /v1/mails/${mail.id}/resend`]: problem(409, 'state_conflict') })
  const { exitCode, stderr } = await run('mails', 'resend', mail.id)
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('(state_conflict)') })
})
