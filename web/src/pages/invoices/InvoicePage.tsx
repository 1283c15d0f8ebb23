import { Skeleton } from '@mantine/core'
import { Link, useParams } from '@tanstack/react-router'
import { useInvoice } from '../../api/billing.ts'
import type { Invoice } from '../../api/types.ts'
import { formatDay } from '../../format/date.ts'
import { formatMonth } from '../../format/month.ts'
import screen from '../../shell/TenantScreen.module.css'
import { DownloadButton } from '../../ui/DownloadButton.tsx'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Facts } from '../../ui/Facts.tsx'
import { PageHead } from '../../ui/PageHead.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { State } from '../../ui/State.tsx'
import classes from './Invoice.module.css'
import { InvoiceLines } from './InvoiceLines.tsx'
import { directionNames } from './invoice-columns.tsx'
import { PartyPanel } from './PartyPanel.tsx'

const titleOf = (invoice: Invoice | undefined) => {
  if (!invoice) return 'Invoice'
  return invoice.number ? `Invoice ${invoice.number}` : 'Draft invoice'
}

/** About an edge, not about the tenant in the URL: the way back leads to the list. */
export function InvoicePage() {
  const { tenantId, invoiceId } = useParams({ from: '/signed-in/shell/t/$tenantId/invoices/$invoiceId' })
  const query = useInvoice(invoiceId)
  const invoice = query.data
  return (
    <div className={screen.screen}>
      <PageHead
        title={titleOf(invoice)}
        note={invoice && <State state={invoice.state} />}
        above={
          <Link to="/t/$tenantId/invoices" params={{ tenantId }}>
            Invoices
          </Link>
        }
      >
        {invoice?.number && (
          <>
            <DownloadButton href={`/v1/invoices/${invoice.id}/pdf`}>Download PDF</DownloadButton>
            <DownloadButton href={`/v1/invoices/${invoice.id}/xlsx`}>Download Excel</DownloadButton>
          </>
        )}
      </PageHead>
      {query.error && <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Skeleton height={420} radius={10} />}
      {invoice && <InvoicePanels invoice={invoice} />}
    </div>
  )
}

function InvoicePanels({ invoice }: { invoice: Invoice }) {
  return (
    <>
      {invoice.draft_reason && (
        <p className={classes.draft} role="note">
          This invoice stays a draft: {invoice.draft_reason}
        </p>
      )}
      <div className={classes.head}>
        <PartyPanel title="Seller" party={invoice.seller} />
        <PartyPanel title="Buyer" party={invoice.buyer} />
        <Panel title="Terms">
          <Facts
            facts={[
              ['Month', formatMonth(invoice.month)],
              ['Direction', directionNames[invoice.direction]],
              ['Issued', invoice.issued_on && formatDay(invoice.issued_on)],
              ['Due', invoice.due_on && formatDay(invoice.due_on)],
            ]}
          />
        </Panel>
      </div>
      <InvoiceLines invoice={invoice} />
    </>
  )
}
