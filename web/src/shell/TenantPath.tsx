import { Skeleton } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import classes from './TenantPath.module.css'
import { useContextTenant, useTenantPage } from './use-context-tenant.ts'

/** The way to the context tenant, from the top of what the user may see. `withoutLast`: the page's title names it. */
export function TenantPath({ withoutLast }: { withoutLast?: boolean }) {
  const to = useTenantPage()
  const tenant = useContextTenant().data
  if (!tenant) return <Skeleton height={10} width={180} my={5} />
  const steps = withoutLast ? tenant.ancestors : [...tenant.ancestors, tenant]
  if (steps.length === 0) return null
  return (
    <nav aria-label="Breadcrumb">
      <ol className={classes.path}>
        {steps.map((step, index) => (
          <li key={step.id}>
            {index > 0 && <IconChevronRight aria-hidden size={12} stroke={2} />}
            <Link to={to} params={{ tenantId: step.id }} aria-current={step.id === tenant.id ? 'page' : undefined}>
              {step.name}
            </Link>
          </li>
        ))}
      </ol>
    </nav>
  )
}
