import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { InvoiceRow } from '@tenantree/sdk'
import { useEffect, useRef } from 'react'
import { api } from './client.ts'
import { usePages } from './pages.ts'

export type InvoiceFilter = {
  month?: string
  direction?: InvoiceRow['direction']
  state?: InvoiceRow['state']
}
export type UsageFilter = { month: string; tenant_id: string }

export const useOverview = (tenantId: string) =>
  useQuery({
    queryKey: ['overview', tenantId],
    queryFn: () => api.getOverview({ query: { tenant_id: tenantId } }),
  })

export const useUsage = (filter: UsageFilter) =>
  usePages({
    queryKey: ['usage', 'units', filter],
    subject: filter.tenant_id,
    fetchPage: (cursor) => api.listUsage({ query: { ...filter, cursor, limit: 100 } }),
  })

export const useUsageTotals = (filter: UsageFilter) =>
  useQuery({
    queryKey: ['usage', 'totals', filter],
    queryFn: () => api.listUsageTotals({ query: filter }).then((page) => page.data),
  })

export const usePeakUsage = (filter: UsageFilter) =>
  usePages({
    queryKey: ['usage', 'peaks', filter],
    subject: filter.tenant_id,
    fetchPage: (cursor) => api.listPeakUsage({ query: { ...filter, cursor, limit: 100 } }),
  })

export const usePeakTotals = (filter: UsageFilter) =>
  useQuery({
    queryKey: ['usage', 'peak-totals', filter],
    queryFn: () => api.listPeakTotals({ query: filter }).then((page) => page.data),
  })

export const useInvoices = (filter: InvoiceFilter) =>
  usePages({
    queryKey: ['invoices', 'list', filter],
    subject: 'own',
    fetchPage: (cursor) => api.listInvoices({ query: { ...filter, cursor, limit: 100 } }),
  })

export const useInvoice = (id: string) =>
  useQuery({ queryKey: ['invoices', 'one', id], queryFn: () => api.getInvoice({ path: { id } }) })

export const useLineEvidence = (invoiceId: string, lineId: string) =>
  usePages({
    queryKey: ['invoices', 'evidence', invoiceId, lineId],
    subject: lineId,
    fetchPage: (cursor) =>
      api.listLineEvidence({
        path: { id: invoiceId, line_id: lineId },
        query: { limit: 100, ...(cursor && { cursor }) },
      }),
  })

const runningPollMs = 1500

/** Asks again while a run is under way; once it ends, what it made is read anew. */
export function useBillingRuns() {
  const queryClient = useQueryClient()
  const query = useQuery({
    queryKey: ['billing-runs'],
    queryFn: () => api.listBillingRuns({ query: { limit: 100 } }).then((page) => page.data),
    refetchInterval: ({ state }) => (state.data?.some((run) => run.state === 'running') ? runningPollMs : false),
  })
  const isRunning = query.data?.some((run) => run.state === 'running') ?? false
  const wasRunning = useRef(isRunning)
  useEffect(() => {
    if (wasRunning.current && !isRunning) {
      for (const key of ['invoices', 'overview']) void queryClient.invalidateQueries({ queryKey: [key] })
    }
    wasRunning.current = isRunning
  }, [isRunning, queryClient])
  return query
}

export function useCreateBillingRun() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (month: string) => api.createBillingRun({ body: { month } }),
    onSuccess: () => {
      for (const key of ['billing-runs', 'invoices', 'overview'])
        void queryClient.invalidateQueries({ queryKey: [key] })
    },
  })
}
