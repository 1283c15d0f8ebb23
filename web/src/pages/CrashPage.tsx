import { type ErrorComponentProps, useRouter } from '@tanstack/react-router'
import { ErrorPanel } from '../ui/ErrorPanel.tsx'
import { PageHead } from '../ui/PageHead.tsx'
import classes from './FullPage.module.css'

/** Where a page could not be shown at all: a lost connection, an older console than the server, or a bug. */
export function CrashPage({ error }: ErrorComponentProps) {
  const router = useRouter()
  return (
    <div className={classes.page}>
      <PageHead title="This page could not be shown" />
      <ErrorPanel error={error} onRetry={() => void router.invalidate()} />
    </div>
  )
}
