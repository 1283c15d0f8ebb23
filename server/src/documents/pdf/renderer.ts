import type { Invoice } from '@tenantree/contract'
import { type Brand, toInvoiceDocument } from './document.ts'
import { openWorkerQueue } from './worker-queue.ts'

export type Renderer = {
  /** A4, tagged, PDF/A-3b; the same invoice and brand give the same bytes on the same machine. R-BILL-7. */
  renderInvoicePdf(invoice: Invoice, brand: Brand): Promise<Uint8Array>
  close(): Promise<void>
}

/** Typst takes tens of milliseconds of CPU for a page, so it runs beside the event loop. Close it on shutdown. */
export function openRenderer(): Renderer {
  const queue = openWorkerQueue(new URL('./worker.ts', import.meta.url))
  return {
    renderInvoicePdf: (invoice, brand) => queue.run(JSON.stringify(toInvoiceDocument(invoice, brand))),
    close: queue.close,
  }
}
