import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { CreateView, View } from '@tenantree/sdk'
import { readAll } from './all-pages.ts'
import { api } from './client.ts'

export type GridName = View['grid']
export type ViewDefinition = View['definition']

/** The user's own views of a grid. R-VIEW-1. */
export const useViews = (grid: GridName) =>
  useQuery({
    queryKey: ['views', grid],
    queryFn: () => readAll((cursor) => api.listViews({ query: { grid, cursor, limit: 500 } })),
  })

function useViewMutation<Input, Answer>(mutationFn: (input: Input) => Promise<Answer>) {
  const queryClient = useQueryClient()
  return useMutation({ mutationFn, onSuccess: () => queryClient.invalidateQueries({ queryKey: ['views'] }) })
}

export const useCreateView = () => useViewMutation((input: CreateView) => api.createView({ body: input }))

export const useUpdateView = () =>
  useViewMutation(({ id, version, definition }: Pick<View, 'id' | 'version' | 'definition'>) =>
    api.updateView({ path: { id }, body: { definition }, headers: { 'if-match': `"${version}"` } }),
  )

export const useDeleteView = () => useViewMutation((id: string) => api.deleteView({ path: { id } }))
