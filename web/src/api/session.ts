import {
  type QueryClient,
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
  useSuspenseQuery,
} from '@tanstack/react-query'
import type { AnswerChallenge, Me, SignIn } from '@tenantree/sdk'
import { api } from './client.ts'

export const instanceQuery = queryOptions({
  queryKey: ['instance'],
  queryFn: () => api.getInstance(),
  // The console's "today" comes from the server, whose clock may have been moved.
  refetchInterval: 60_000,
})

export const meQuery = queryOptions({ queryKey: ['me'], queryFn: () => api.getMe(), staleTime: 60_000 })

export const useInstance = () => useSuspenseQuery(instanceQuery).data
export const useMe = () => useSuspenseQuery(meQuery).data

export const useDemoUsers = (enabled: boolean) =>
  useQuery({
    queryKey: ['demo-users'],
    queryFn: () => api.listDemoUsers().then((page) => page.data),
    enabled,
  })

const isPublic = (key: unknown) => key === 'instance' || key === 'demo-users'

/** Drops everything but what anyone may know. */
export const forget = (queryClient: QueryClient) =>
  queryClient.removeQueries({ predicate: ({ queryKey }) => !isPublic(queryKey[0]) })

/** Whoever signs in sees nothing of what the one before has loaded. */
export function useStartSession<Input>(start: (input: Input) => Promise<Me>) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: start,
    onSuccess: (me) => {
      forget(queryClient)
      queryClient.setQueryData(meQuery.queryKey, me)
    },
  })
}

export const useSignIn = () => useStartSession((input: SignIn) => api.signIn({ body: input }))
export const useSignInWithLink = () => useStartSession((token: string) => api.signInWithLink({ body: { token } }))

export const useAnswerChallenge = () =>
  useStartSession((input: AnswerChallenge) => api.answerChallenge({ body: input }))

/** `leave` goes to the sign-in page; only then is what was loaded forgotten, so that no open page asks for it again. */
export function useSignOut(leave: () => Promise<void>) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: () => api.signOut(),
    onSettled: async () => {
      await leave()
      forget(queryClient)
    },
  })
}

export function useChangePassword() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (input: { current_password: string | null; new_password: string }) =>
      api.changePassword({ body: input }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['own-sessions'] })
      await queryClient.invalidateQueries({ queryKey: meQuery.queryKey })
    },
  })
}
