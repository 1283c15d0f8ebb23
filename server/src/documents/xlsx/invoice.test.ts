import type { LineEvidence } from '@tenantree/contract'
import { describe, expect, it } from 'vitest'
import { sampleInvoice, sampleLine } from '../invoice.fixture.ts'
import { renderInvoiceXlsx } from './invoice.ts'
import { readSheet, readValues } from './read-xlsx.fixture.ts'

const evidenceOf = (host: string | null, days: number[]): LineEvidence => ({
  device_id: '00000000-0000-7000-8000-00000000abcd',
  license_id: null,
  holder_kind: null,
  host_name: host,
  site_name: null,
  days,
  units: 1,
  quantity: '1',
  division: null,
  value: null,
  peak_on: null,
  deleted_on: null,
})

describe('R-BILL-7: the invoice as Excel', () => {
  it('has the head, the lines and the totals, numbers as numbers', async () => {
    const total = { amount: '30.35', currency: 'EUR' }
    const bytes = await renderInvoiceXlsx(sampleInvoice(2, { total }), new Map())
    expect(readValues(bytes, 'Invoice').map((row) => row.filter((value) => value !== null))).toEqual([
      ['Invoice'],
      ['Number', 'INV-2026-00423'],
      ['Seller', 'Contoso Distribution GmbH'],
      ['Seller VAT', 'DE123456789'],
      ['Buyer', 'Northwind Digital ApS'],
      ['Buyer VAT', 'DK12345678'],
      ['Period', 'October 2026'],
      ['Invoice date', 46327],
      ['Due date', 46357],
      ['Currency', 'EUR'],
      ['Note', 'No tax is charged on this invoice.'],
      [
        ...['Line', 'Customer', 'Product', 'Edition', 'Charge model', 'From', 'To', 'Unit', 'Quantity'],
        ...['Unit price, EUR', 'Amount, EUR', 'Explanation'],
      ],
      [1, 'Northwind Dental', 'Backup', 'Server', 'active use', 46296, 46326, 'device', 1, 8.5, 8.5],
      [2, 'Northwind Dental', 'Backup', 'Desktop', 'active use', 46296, 46326, 'device', 2, 8.5, 17],
      ['Subtotal', 25.5],
      ['Tax', 4.85],
      ['Total', 30.35],
    ])
    const cells = readSheet(bytes, 'Invoice').flat()
    expect(cells.filter((cell) => cell?.v === 30.35)).toEqual([expect.objectContaining({ t: 'n', z: '#,##0.00' })])
    expect(cells.filter((cell) => cell?.v === 46327)).toEqual([expect.objectContaining({ z: 'd mmm yyyy' })])
  })

  it('formats by the digits of the currency, and keeps an amount that Excel cannot hold as text', async () => {
    const lines = [{ ...sampleLine(1), amount: '1234567890123456', unit_price: '10' }]
    const money = { amount: '1234', currency: 'JPY' }
    const bytes = await renderInvoiceXlsx(
      sampleInvoice(1, { currency: 'JPY', lines, subtotal: money, total: money }),
      new Map(),
    )
    const cells = readSheet(bytes, 'Invoice').flat()
    expect(cells.find((cell) => cell?.v === 1234)).toMatchObject({ t: 'n', z: '#,##0' })
    expect(cells.find((cell) => cell?.v === '1234567890123456')).toMatchObject({ t: 's' })
  })

  it('a draft leaves out what it does not have', async () => {
    const draft = {
      state: 'draft',
      number: null,
      issued_at: null,
      issued_on: null,
      due_on: null,
      tax_note: '',
    } as const
    const values = readValues(await renderInvoiceXlsx(sampleInvoice(1, draft), new Map()), 'Invoice')
    expect(values.slice(0, 8).map((row) => row[0])).toEqual([
      ...['Draft invoice', 'Seller', 'Seller VAT', 'Buyer', 'Buyer VAT', 'Period', 'Currency', 'Line'],
    ])
  })
})

describe('R-ACT-6: the evidence', () => {
  it('has one row per unit, by line', async () => {
    const invoice = sampleInvoice(2)
    const [first, second] = invoice.lines.map((line) => line.id)
    const evidence = new Map([
      [second ?? '', [evidenceOf(null, [31])]],
      [first ?? '', [evidenceOf('db-1', [1, 2, 3, 9]), { ...evidenceOf('db-2', [4]), site_name: 'Aarhus' }]],
    ])
    const deviceId = '00000000-0000-7000-8000-00000000abcd'
    expect(readValues(await renderInvoiceXlsx(invoice, evidence), 'Evidence')).toEqual([
      [
        ...['Line', 'Customer', 'Service', 'Site', 'Device or holder', 'Device id', 'Days', 'Part', 'Count', 'Units'],
        ...['License id', 'Peak', 'Peak on', 'Deleted on'],
      ],
      [1, 'Northwind Dental', 'Backup · Server', null, 'db-1', deviceId, '1–3, 9', null, 4, 1, null, null, null, null],
      [1, 'Northwind Dental', 'Backup · Server', 'Aarhus', 'db-2', deviceId, '4', null, 1, 1, null, null, null, null],
      [2, 'Northwind Dental', 'Backup · Desktop', null, null, deviceId, '31', null, 1, 1, null, null, null, null],
    ])
  })

  it.each(["=cmd|' /C calc'!A0", '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '<b>&amp;</b>'])(
    '%j is text',
    async (name) => {
      const invoice = sampleInvoice(1, { lines: [{ ...sampleLine(1), customer_name: name }] })
      const bytes = await renderInvoiceXlsx(invoice, new Map([[sampleLine(1).id, [evidenceOf(name, [1])]]]))
      for (const sheet of ['Invoice', 'Evidence']) {
        const found = readSheet(bytes, sheet)
          .flat()
          .filter((cell) => cell?.v === name)
        expect(found.length).toBeGreaterThan(0)
        expect(found.filter((cell) => cell?.t !== 's' || cell.f !== undefined)).toEqual([])
        expect(found.filter((cell) => cell?.z !== (name.startsWith('<') ? 'General' : '@'))).toEqual([])
      }
    },
  )

  it('control characters that XML cannot hold do not break the file', async () => {
    const lines = [{ ...sampleLine(1), customer_name: 'a\u0000b\u001bc\uffff\ud800' }]
    const values = readValues(await renderInvoiceXlsx(sampleInvoice(1, { lines }), new Map()), 'Invoice')
    expect(values.flat()).toContain('a b c \ufffd')
  })
})
