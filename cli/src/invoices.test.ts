import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { problem } from '../../sdk/test/peer.ts'
import { openCli } from '../test/cli.ts'
import { id, invoiceRow, page } from '../test/data.ts'

let cli: Awaited<ReturnType<typeof openCli>>
beforeEach(async () => {
  cli = await openCli()
  return () => cli.close()
})

const path = `/v1/invoices/${id(80)}`
const answers = {
  [`GET ${path}`]: { body: invoiceRow },
  [`GET ${path}/pdf`]: { headers: { 'content-type': 'application/pdf' }, body: Buffer.from([0x25, 0x50, 0xff]) },
  [`GET ${path}/xlsx`]: { headers: { 'content-type': 'application/vnd.openxmlformats' }, body: Buffer.from('PK') },
}

describe('invoices list', () => {
  it('200: sends the filters and shows the totals', async () => {
    const { run, peer } = await cli.signedIn({ 'GET /v1/invoices': { body: page([invoiceRow]) } })
    const words = ['--month', '2027-01', '--direction', 'issued', '--state', 'issued', '--limit', '5']
    const { stdout } = await run('invoices', 'list', ...words)
    expect(stdout).toContain('12.40  EUR       issued  2027-02-15')
    expect(peer.requests.at(-1)?.query.toString()).toBe('month=2027-01&direction=issued&state=issued&limit=6')
  })
})

describe('invoices download', () => {
  it('200: saves the PDF under the number of the invoice, byte for byte', async () => {
    const { run } = await cli.signedIn(answers)
    const file = join(cli.home, 'invoice-2027-01_7.pdf')
    expect((await run('invoices', 'download', id(80))).stdout).toBe(`Saved ${file}\n`)
    expect([...readFileSync(file)]).toEqual([0x25, 0x50, 0xff])
  })

  it('200: a name of its own choice replaces no file, a given one does', async () => {
    const { run } = await cli.signedIn(answers)
    const file = join(cli.home, 'invoice-2027-01_7.xlsx')
    writeFileSync(file, 'mine')
    const refused = await run('invoices', 'download', id(80), '--format', 'xlsx')
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('exists already') })
    expect(readFileSync(file, 'utf8')).toBe('mine')
    expect((await run('invoices', 'download', id(80), '--format', 'xlsx', '--output', file)).exitCode).toBe(0)
    expect(readFileSync(file, 'utf8')).toBe('PK')
  })

  it('200: - is standard output', async () => {
    const { run } = await cli.signedIn(answers)
    const words = ['--format', 'xlsx', '--output', '-']
    expect(await run('invoices', 'download', id(80), ...words)).toEqual({ exitCode: 0, stdout: 'PK', stderr: '' })
  })

  it('404: writes no file', async () => {
    const { run } = await cli.signedIn({ [`GET ${path}/pdf`]: problem(404, 'not_found') })
    const file = join(cli.home, 'x.pdf')
    const { exitCode, stderr } = await run('invoices', 'download', id(80), '--output', file)
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('(not_found)') })
    expect(() => readFileSync(file)).toThrow('ENOENT')
  })

  it('a folder that is missing: one line', async () => {
    const { run } = await cli.signedIn(answers)
    const { stderr } = await run('invoices', 'download', id(80), '--output', join(cli.home, 'no', 'x.pdf'))
    expect(stderr).toMatch(/^tenantree: cannot write .*x\.pdf \(ENOENT\); name another file with --output\n$/)
  })
})
