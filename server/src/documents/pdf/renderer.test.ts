import { afterAll, describe, expect, it } from 'vitest'
import { sampleInvoice, sampleLine } from '../invoice.fixture.ts'
import { readPdf } from './read-pdf.fixture.ts'
import { openRenderer } from './renderer.ts'

const renderer = openRenderer()
afterAll(() => renderer.close())

const brand = { name: 'Contoso Distribution GmbH', color: '#0f7b8a' }
const isPdfA3b = (pdf: Uint8Array) =>
  /<pdfaid:part>3<\/pdfaid:part><pdfaid:conformance>B</.test(Buffer.from(pdf).toString('latin1'))
const linesFor = (names: readonly string[]) =>
  names.map((name, index) => ({ ...sampleLine(index + 1), customer_id: `${index}`, customer_name: name }))

describe('the page', () => {
  it('R-BILL-7: holds the parties, dates, lines and totals as text, tagged, PDF/A-3b', async () => {
    const pdf = await renderer.renderInvoicePdf(sampleInvoice(2), brand)
    const { pages, info, roles } = await readPdf(pdf)
    expect(pages).toEqual([
      [
        ...['Contoso Distribution GmbH', 'Invoice'],
        ...['Contoso Distribution GmbH', 'Hafenstraße 12', '20457 Hamburg, Germany', 'VAT DE123456789'],
        ...['Bill to', 'Northwind Digital ApS', 'Østergade 5', '1100 København K, Denmark', 'VAT DK12345678'],
        ...['Invoice no.', 'INV-2026-00423', 'Invoice date', '1 Nov 2026', 'Due date', '1 Dec 2026'],
        ...['Period', 'October 2026'],
        ...['Service', 'Customer', 'Period', 'Qty', 'Unit price', 'Amount'],
        ...['Backup · Server', 'Northwind Dental', '1 Oct 2026 – 31 Oct 2026', '1', '€8.50', '€8.50'],
        ...['Backup · Desktop', 'Northwind Dental', '1 Oct 2026 – 31 Oct 2026', '2', '€8.50', '€17.00'],
        ...['Subtotal', '€25.50', 'Total', '€25.50', 'No tax is charged on this invoice.'],
        ...['Contoso Distribution GmbH · INV-2026-00423', 'Page 1 of 1'],
      ],
    ])
    expect(info.get('Title')).toBe('Invoice Contoso Distribution GmbH · INV-2026-00423')
    expect(info.get('CreationDate')).toBe('D:20261101000000Z')
    expect(roles.filter((role) => ['H1', 'Table', 'THead', 'TH'].includes(role))).toEqual([
      'H1',
      'Table',
      'THead',
      ...Array(6).fill('TH'),
    ])
    expect(isPdfA3b(pdf)).toBe(true)
  })

  it('a draft without a number says so, and has neither number nor dates', async () => {
    const draft = { state: 'draft', number: null, issued_at: null, issued_on: null, due_on: null } as const
    const { pages } = await readPdf(await renderer.renderInvoicePdf(sampleInvoice(1, draft), brand))
    expect(pages[0]).toEqual(expect.arrayContaining(['Draft', 'Draft invoice', 'Contoso Distribution GmbH']))
    expect(pages.flat()).not.toEqual(expect.arrayContaining(['Invoice']))
    expect(pages.flat().filter((text) => /Invoice no|date/.test(text))).toEqual([])
  })

  it('empty fields leave no line behind', async () => {
    const empty = { legal_name: null, vat_number: null, street: null, postal_code: null, city: null, country: null }
    const invoice = sampleInvoice(1, { tax_note: '' })
    const buyer = { ...invoice.buyer, ...empty }
    const { pages } = await readPdf(await renderer.renderInvoicePdf({ ...invoice, buyer }, brand))
    const texts = pages[0] ?? []
    expect(texts.slice(texts.indexOf('Bill to'), texts.indexOf('Invoice no.'))).toEqual([
      'Bill to',
      'Northwind Digital',
    ])
    expect(texts.slice(-3)).toEqual(['€8.50', 'Contoso Distribution GmbH · INV-2026-00423', 'Page 1 of 1'])
  })

  it('tax stands between subtotal and total', async () => {
    const invoice = sampleInvoice(1, { total: { amount: '10.12', currency: 'EUR' } })
    const { pages } = await readPdf(await renderer.renderInvoicePdf(invoice, brand))
    expect(pages[0]?.join(' ')).toContain('Subtotal €8.50 Tax €1.62 Total €10.12')
  })
})

describe('names are data', () => {
  it('markup and code come out letter by letter', async () => {
    const names = ['#panic()', '*x* _y_', '`raw` $a^2$', '@ref <label>', '= heading', '-- \\ // /* "quoted"', '#{sys}']
    const pdf = await renderer.renderInvoicePdf(sampleInvoice(names.length, { lines: linesFor(names) }), brand)
    expect((await readPdf(pdf)).pages[0]).toEqual(expect.arrayContaining(names))
  })

  it('Greek, Cyrillic, Polish and Turkish letters are in the bundled font', async () => {
    const names = ['Ελληνική Εταιρεία', 'ООО «Ромашка»', 'Zażółć gęślą jaźń', 'İstanbul Çağrı Şti.']
    const pdf = await renderer.renderInvoicePdf(sampleInvoice(names.length, { lines: linesFor(names) }), brand)
    expect((await readPdf(pdf)).pages[0]).toEqual(expect.arrayContaining(names))
    expect(isPdfA3b(pdf)).toBe(true)
  })

  it('a letter that no font has costs PDF/A, not the invoice', async () => {
    const pdf = await renderer.renderInvoicePdf(sampleInvoice(1, { lines: linesFor(['A\u{10fffd}B']) }), brand)
    expect((await readPdf(pdf)).pages[0]?.at(-1)).toBe('Page 1 of 1')
    expect(isPdfA3b(pdf)).toBe(false)
  })

  it('a word that is longer than its column breaks and can be copied whole', async () => {
    const name = 'W'.repeat(200)
    const pdf = await renderer.renderInvoicePdf(sampleInvoice(1, { lines: linesFor([name]) }), { ...brand, name })
    expect((await readPdf(pdf)).pages[0]?.join('').split(name)).toHaveLength(3)
  })

  it('a brand color that is none is not passed on', async () => {
    const pdf = await renderer.renderInvoicePdf(sampleInvoice(1), { ...brand, color: 'red");#panic()' })
    expect((await readPdf(pdf)).pages[0]).toContain('Invoice')
  })
})

describe('page breaks', () => {
  const rowsOf = (page: readonly string[] = []) => page.filter((text) => text.startsWith('Backup · ')).length

  it('the totals have at least two lines above them on their page', { timeout: 20_000 }, async () => {
    const counts = [1, 2, 3, ...Array.from({ length: 14 }, (_, index) => 28 + index), 55, 76, 77, 78, 79, 80]
    const lastPages: { lines: number; rows: number; totals: boolean; heads: number }[] = []
    for (const lines of counts) {
      const { pages } = await readPdf(await renderer.renderInvoicePdf(sampleInvoice(lines), brand))
      const heads = pages.filter((page) => page.includes('Unit price')).length - pages.length
      lastPages.push({ lines, rows: rowsOf(pages.at(-1)), totals: pages.at(-1)?.includes('Subtotal') === true, heads })
      expect(pages.map((page) => rowsOf(page)).reduce((sum, rows) => sum + rows)).toBe(lines)
    }
    expect(lastPages.filter(({ rows, lines }) => rows < Math.min(2, lines))).toEqual([])
    expect(lastPages.filter(({ totals, heads }) => !totals || heads !== 0)).toEqual([])
    expect(lastPages.filter(({ rows }) => rows === 2).length, 'a count that sends two rows along').toBeGreaterThan(1)
  })

  it('1,000 lines give every line and numbered pages', { timeout: 20_000 }, async () => {
    const { pages } = await readPdf(await renderer.renderInvoicePdf(sampleInvoice(1000), brand))
    expect(pages.flatMap((page) => rowsOf(page)).reduce((sum, rows) => sum + rows)).toBe(1000)
    expect(pages.at(-1)).toEqual(expect.arrayContaining(['€4,254,250.00', `Page ${pages.length} of ${pages.length}`]))
  })
})

it('the same invoice gives the same bytes, from another worker too', async () => {
  const other = openRenderer()
  const invoices = [sampleInvoice(40), sampleInvoice(3)]
  const [first, second] = await Promise.all(
    [renderer, other].map((one) => Promise.all(invoices.map((invoice) => one.renderInvoicePdf(invoice, brand)))),
  )
  await other.close()
  expect(first?.map((pdf) => pdf.length)).toEqual(second?.map((pdf) => pdf.length))
  expect(first?.every((pdf, index) => Buffer.compare(pdf, second?.[index] ?? new Uint8Array()) === 0)).toBe(true)
})
