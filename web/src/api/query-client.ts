import { QueryCache, QueryClient } from '@tanstack/react-query'
import { isSignedOut } from './problem.ts'

/** `onSignedOut` is told when any answer says that the session has ended. */
export const createQueryClient = (onSignedOut: () => void) =>
  new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (isSignedOut(error)) onSignedOut()
      },
    }),
    defaultOptions: {
      // The SDK has tried again where that is safe.
      queries: { staleTime: 15_000, retry: false },
      mutations: { retry: false },
    },
  })
