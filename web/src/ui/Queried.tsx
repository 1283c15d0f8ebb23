import type { ReactNode } from 'react'
import { ErrorPanel } from './ErrorPanel.tsx'
import { TextSkeleton } from './TextSkeleton.tsx'

type Query<Answer> = { data: Answer | undefined; error: unknown; refetch: () => unknown }

/** Waits, says what went wrong, or shows the answer. */
export function Queried<Answer>({
  query,
  children,
}: {
  query: Query<Answer>
  children: (answer: Answer) => ReactNode
}) {
  if (query.data !== undefined) return children(query.data)
  if (query.error) return <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />
  return <TextSkeleton lines={2} />
}
