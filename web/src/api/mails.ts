import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from './client.ts'
import { usePages } from './pages.ts'
import type { MailRow, MailTemplate, SetBranding } from './types.ts'

export type MailFilter = { tenant_id: string; state?: MailRow['state'] }

export const useMails = (filter: MailFilter) =>
  usePages({
    queryKey: ['mails', 'list', filter],
    subject: filter.tenant_id,
    fetchPage: (cursor) => api.listMails({ query: { ...filter, cursor, limit: 100 } }),
  })

export const useMail = (id: string) =>
  useQuery({ queryKey: ['mails', 'one', id], queryFn: () => api.getMail({ path: { id } }) })

export function useResendMail() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => api.resendMail({ path: { id } }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['mails'] }),
  })
}

export const useMailTemplates = () =>
  useQuery({ queryKey: ['mail-templates'], queryFn: () => api.listMailTemplates().then((page) => page.data) })

/** A mail of made-up data in a draft of a branding; the former one stays until the next is there. */
export const useMailPreview = (name: MailTemplate['name'], branding: SetBranding) =>
  useQuery({
    queryKey: ['mail-preview', name, branding],
    queryFn: () => api.previewMailTemplate({ path: { name }, body: { branding } }),
    placeholderData: keepPreviousData,
    retry: false,
  })

export const useBranding = (tenantId: string) =>
  useQuery({ queryKey: ['branding', tenantId], queryFn: () => api.getBranding({ path: { id: tenantId } }) })

/** The own branding stands in the top bar, too. */
export function useSetBranding(tenantId: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ version, branding }: { version: number; branding: SetBranding }) =>
      api.setBranding({ path: { id: tenantId }, headers: { 'if-match': `"${version}"` }, body: branding }),
    onSuccess: (saved) => {
      queryClient.setQueryData(['branding', tenantId], saved)
      return queryClient.invalidateQueries({ queryKey: ['me'] })
    },
  })
}
