import { Link, type LinkProps } from '@tanstack/react-router'
import type { Overview } from '../../api/types.ts'
import { formatCount, formatNumberOf } from '../../format/money.ts'
import { describeDevices, describeLevels, sumOf } from './describe.ts'
import classes from './Overview.module.css'

type TileProps = { name: string; count: number; note: string; needsAttention?: boolean; link: LinkProps }

function Tile({ name, count, note, needsAttention, link }: TileProps) {
  return (
    <Link {...link} className={classes.tile}>
      <span className={classes.tileName}>{name}</span>
      <span className={classes.tileCount}>{formatCount(count)}</span>
      <span className={classes.tileNote} data-attention={needsAttention || undefined}>
        {note}
      </span>
    </Link>
  )
}

/** Four numbers; each opens the list that it counts. */
export function Tiles({ overview, tenantId }: { overview: Overview; tenantId: string }) {
  const params = { tenantId }
  const ending = overview.trials_ending_in_7_days
  const devices = sumOf(overview.devices_by_state)
  return (
    <div className={classes.tiles}>
      <Tile
        name="Tenants"
        count={sumOf(overview.tenants_by_level)}
        note={describeLevels(overview.tenants_by_level)}
        link={{ to: '/t/$tenantId/tenants', params }}
      />
      <Tile
        name="Devices"
        count={devices}
        note={describeDevices(overview.devices_by_state)}
        link={{ to: '/t/$tenantId/devices', params }}
      />
      <Tile
        name="Active this month"
        count={overview.active_devices_this_month}
        note={devices === 0 ? 'no devices yet' : `of ${formatNumberOf(devices, 'device')}`}
        link={{ to: '/t/$tenantId/usage', params }}
      />
      <Tile
        name="Trials"
        count={overview.trials}
        note={ending > 0 ? `${formatCount(ending)} end within 7 days` : 'none ends within 7 days'}
        needsAttention={ending > 0}
        link={{ to: '/t/$tenantId/trials', params, search: {} }}
      />
    </div>
  )
}
