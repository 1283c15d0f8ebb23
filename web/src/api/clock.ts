import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from './client.ts'

/** Moves the clock of the whole system forward. What becomes due on the way is done, so everything is read again. */
export function useMoveClock() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (to: string) => api.moveTestClock({ body: { to } }),
    onSuccess: () => queryClient.invalidateQueries(),
  })
}
