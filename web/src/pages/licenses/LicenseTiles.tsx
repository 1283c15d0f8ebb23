import { Skeleton } from '@mantine/core'
import type { LicenseType } from '@tenantree/sdk'
import { formatCount } from '../../format/money.ts'
import classes from './Licenses.module.css'

const sum = (
  types: readonly LicenseType[],
  key: 'total' | 'assigned' | 'unassigned' | 'trial' | 'expiring' | 'expired',
) => types.reduce((total, type) => total + type[key], 0)

const share = (part: number, whole: number) =>
  whole === 0 ? 'none yet' : `${Math.round((part / whole) * 100)}% of the valid`

/** What the grid below adds up to, under its filters. */
export function LicenseTiles({ types, isPending }: { types: readonly LicenseType[]; isPending: boolean }) {
  const valid = types.reduce((total, type) => total + type.valid, 0)
  const expiring = sum(types, 'expiring')
  const expired = sum(types, 'expired')
  const tiles = [
    {
      name: 'Licenses',
      count: sum(types, 'total'),
      note: expired > 0 ? `${formatCount(expired)} expired` : 'all valid',
    },
    { name: 'In use', count: sum(types, 'assigned'), note: share(sum(types, 'assigned'), valid) },
    { name: 'Free', count: sum(types, 'unassigned'), note: 'in the pools, ready to assign' },
    {
      name: 'Expiring in 30 days',
      count: expiring,
      note: expiring > 0 ? 'without auto-renew' : `${formatCount(sum(types, 'trial'))} in trial`,
      needsAttention: expiring > 0,
    },
  ]
  return (
    <div className={classes.tiles}>
      {tiles.map(({ name, count, note, needsAttention }) => (
        <div key={name} className={classes.tile}>
          <span className={classes.tileName}>{name}</span>
          {isPending ? (
            <Skeleton height={18} width="35%" my={6} />
          ) : (
            <span className={classes.tileCount}>{formatCount(count)}</span>
          )}
          <span className={classes.tileNote} data-attention={needsAttention || undefined}>
            {isPending ? ' ' : note}
          </span>
        </div>
      ))}
    </div>
  )
}
