import { useQuery } from '@tanstack/react-query'
import type { License } from '@tenantree/sdk'
import { api } from './client.ts'

export type HolderKind = NonNullable<License['holder']>['kind']
type Ask = { kind: HolderKind; tenantId: string; q: string }
type Found = { value: string; label: string }

const limit = 20

const nameOf = (name: string | null, email: string | null) => [name, email && `<${email}>`].filter(Boolean).join(' ')

/** Holders of a kind below a tenant whose name holds the text: the first few. */
async function find({ kind, tenantId, q }: Ask): Promise<Found[]> {
  const query = { tenant_id: tenantId, limit, ...(q !== '' && { q }) }
  if (kind === 'subscriber') {
    const { data } = await api.listSubscribers({ query })
    return data.map(({ id, name, email }) => ({ value: id, label: nameOf(name, email) }))
  }
  if (kind === 'gateway') {
    const { data } = await api.listGateways({ query })
    return data.map(({ id, name, tenant_name }) => ({ value: id, label: `${name}, ${tenant_name}` }))
  }
  if (kind === 'domain') {
    const { data } = await api.listDomains({ query })
    return data.map(({ id, name }) => ({ value: id, label: name }))
  }
  if (kind === 'device') {
    const { data } = await api.listDevices({ query })
    return data.map(({ id, host_name, tenant_name }) => ({ value: id, label: `${host_name}, ${tenant_name}` }))
  }
  const { data } = await api.listTenants({ query: { under_id: tenantId, limit, ...(q !== '' && { q }) } })
  return data.map(({ id, name }) => ({ value: id, label: name }))
}

export function useFoundHolders(ask: Ask) {
  const query = useQuery({
    queryKey: ['holders', 'found', ask],
    queryFn: () => find(ask),
    placeholderData: (former) => former,
  })
  return { holders: query.data ?? [], isPending: query.isFetching, error: query.error }
}
