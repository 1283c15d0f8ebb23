import { UnstyledButton } from '@mantine/core'
import { useTenants } from '../api/tenants.ts'
import { formatCount } from '../format/money.ts'
import { levelNames } from '../format/word.ts'
import { LevelIcon } from './LevelIcon.tsx'
import classes from './Tree.module.css'

type Props = { text: string; onSelect: (tenantId: string) => void }

/** What the filter of the tree finds, as a flat list: names alone would not say where they stand, so parents are named. */
export function FoundTenants({ text, onSelect }: Props) {
  const found = useTenants({ q: text })
  if (found.isPending) return <p className={classes.message}>Searching...</p>
  if (found.error) return <p className={classes.message}>The tenants could not be searched.</p>
  if (found.rows.length === 0) return <p className={classes.message}>No tenant has "{text}" in its name.</p>
  return (
    <ul className={classes.found} aria-label="Tenants found">
      {found.rows.map((tenant) => (
        <li key={tenant.id}>
          <UnstyledButton fz="sm" className={classes.foundLink} onClick={() => onSelect(tenant.id)}>
            <LevelIcon level={tenant.level} />
            <span className={classes.foundText}>
              <span>{tenant.name}</span>
              <span className={classes.foundParent}>
                {levelNames[tenant.level]}
                {tenant.parent_name && ` of ${tenant.parent_name}`}
              </span>
            </span>
            <span className={classes.count}>{formatCount(tenant.device_count)}</span>
          </UnstyledButton>
        </li>
      ))}
      {found.hasMore && (
        <li>
          <UnstyledButton fz="sm" className={classes.foundLink} onClick={found.loadMore}>
            Load more
          </UnstyledButton>
        </li>
      )}
    </ul>
  )
}
