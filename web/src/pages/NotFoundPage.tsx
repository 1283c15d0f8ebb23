import { Link } from '@tanstack/react-router'
import { Empty } from '../ui/Empty.tsx'
import { PageHead } from '../ui/PageHead.tsx'
import classes from './FullPage.module.css'

export function NotFoundPage() {
  return (
    <div className={classes.page}>
      <PageHead title="Page not found" />
      <Empty action={<Link to="/">Go to the overview</Link>}>
        There is no page at this address. It may have been removed, or it is outside of what you may see.
      </Empty>
    </div>
  )
}
