import { idParams, type LineEvidence } from '@tenantree/contract'
import type { FastifyReply } from 'fastify'
import { getInvoice, listAllEvidence } from '../billing/index.ts'
import type { CallContext } from '../kernel/context.ts'
import type { Database } from '../platform/database.ts'
import type { App } from '../platform/http/app.ts'
import { fileAnswer, problemAnswers, xlsxType } from '../platform/http/schemas.ts'
import type { TenantTables } from '../tenants/index.ts'
import type { Brand } from './pdf/document.ts'
import type { Renderer } from './pdf/renderer.ts'
import { renderInvoiceXlsx } from './xlsx/invoice.ts'

const tags = ['invoices']

export function addDocumentRoutes(app: App, { db, renderer }: { db: Database; renderer: Renderer }): void {
  app.get(
    '/v1/invoices/:id/pdf',
    {
      schema: {
        operationId: 'downloadInvoicePdf',
        tags,
        summary: 'An invoice as PDF',
        params: idParams,
        response: { 200: fileAnswer('application/pdf'), ...problemAnswers },
      },
    },
    async (request, reply) => {
      const invoice = await getInvoice(db, request.call, request.params.id)
      const brand = await readBrand(db, request.call, invoice.seller)
      const file = await renderer.renderInvoicePdf(invoice, brand)
      return sendFile(reply, file, 'application/pdf', `${invoice.number ?? `draft-${invoice.month}`}.pdf`)
    },
  )
  app.get(
    '/v1/invoices/:id/xlsx',
    {
      schema: {
        operationId: 'downloadInvoiceXlsx',
        tags,
        summary: 'An invoice with its evidence as Excel',
        params: idParams,
        response: { 200: fileAnswer(xlsxType), ...problemAnswers },
      },
    },
    async (request, reply) => {
      const invoice = await getInvoice(db, request.call, request.params.id)
      const evidence = new Map<string, readonly LineEvidence[]>()
      for (const line of invoice.lines) {
        evidence.set(line.id, await listAllEvidence(db, request.call, { invoiceId: invoice.id, lineId: line.id }))
      }
      const file = await renderInvoiceXlsx(invoice, evidence)
      return sendFile(reply, file, xlsxType, `${invoice.number ?? `draft-${invoice.month}`}.xlsx`)
    },
  )
}

/** The seller's name and color, which its buyer may see. R-TREE-9. */
const readBrand = (db: Database, call: CallContext, seller: { tenant_id: string; name: string }): Promise<Brand> =>
  db.transaction(call, async (tx) => {
    const brand = await tx
      .tables<TenantTables>()
      .selectFrom('tenant_brands')
      .select(['brand_name', 'color'])
      .where('tenant_id', '=', seller.tenant_id)
      .executeTakeFirst()
    return { name: brand?.brand_name ?? seller.name, color: brand?.color ?? '' }
  })

export const sendFile = (reply: FastifyReply, file: Uint8Array, mediaType: string, name: string) =>
  reply
    .header('content-type', mediaType)
    .header('content-disposition', `attachment; filename="${name}"`)
    .send(Buffer.from(file.buffer, file.byteOffset, file.byteLength))
