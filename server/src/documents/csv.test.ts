import type { InvoiceLine, LinePricing } from '@tenantree/contract'
import { expect, it } from 'vitest'
import { renderInvoiceCsv } from './csv.ts'
import { sampleInvoice, sampleLine } from './invoice.fixture.ts'

it('R-BILL-7: one record a line, decimals as they are, CRLF', () => {
  expect(renderInvoiceCsv(sampleInvoice(2))).toBe(
    [
      'invoice_number,month,line,customer,product,edition,charge_model,from,to,quantity,unit,unit_price,amount,currency,division,kind,explanation',
      'INV-2026-00423,2026-10,1,Northwind Dental,Backup,Server,active_use,2026-10-01,2026-10-31,1,device,8.5,8.50,EUR,,use,',
      'INV-2026-00423,2026-10,2,Northwind Dental,Backup,Desktop,active_use,2026-10-01,2026-10-31,2,device,8.5,17.00,EUR,,use,',
      '',
    ].join('\r\n'),
  )
})

it.each([
  ['=1+1', "'=1+1"],
  ['@a', "'@a"],
  ['-1', "'-1"],
  ['\r=1', '"\'\r=1"'],
  ['Smith, "Jones"', '"Smith, ""Jones"""'],
])('R-ACT-6: the name %j is written %j', (name, field) => {
  const lines = [{ ...sampleLine(1), customer_name: name, amount: '-8.50' }]
  const record = renderInvoiceCsv(sampleInvoice(1, { lines })).split('division,kind,explanation\r\n')[1]
  expect(record).toBe(
    `INV-2026-00423,2026-10,1,${field},Backup,Server,active_use,2026-10-01,2026-10-31,1,device,8.5,-8.50,EUR,,use,\r\n`,
  )
})

it('R-BILL-6: what a minimum adds has no customer and no unit price, and says why', () => {
  const pricing = {
    model: 'per_unit' as const,
    quantity: '3',
    parts: [],
    package_size: null,
    minimum: '50.00',
  } satisfies LinePricing
  const line: InvoiceLine = {
    ...sampleLine(1),
    kind: 'minimum',
    customer_id: null,
    customer_name: null,
    unit_price: null,
    pricing,
  }
  const record = renderInvoiceCsv(sampleInvoice(1, { lines: [line] })).split('\r\n')[1]
  expect(record).toMatch(
    /^INV-2026-00423,2026-10,1,All customers,.*,device,,8\.50,EUR,,minimum,to the minimum of €50\.00$/,
  )
})
