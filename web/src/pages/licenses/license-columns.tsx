import { UnstyledButton } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { License } from '@tenantree/sdk'
import { formatDay } from '../../format/date.ts'
import { columnsOf } from '../../grid/features.ts'
import { NotSet } from '../../ui/Facts.tsx'
import { LinkText } from '../../ui/LinkText.tsx'
import { State } from '../../ui/State.tsx'
import { EveryTick, LicenseTick } from './LicenseCells.tsx'
import classes from './Licenses.module.css'
import type { LicenseLine } from './license-rows.ts'

const column = columnsOf<LicenseLine>()

/** The lines that have cells are licenses; the others are shown whole. */
const of = (line: LicenseLine): License | null => (line.kind === 'license' ? line.license : null)

export const hiddenAtFirst = { starts_on: false, set_aside_for: false, owner: false, state: true }

type Context = { tenantId: string; total: () => number; onOpen: (license: License) => void }

export const licenseColumns = ({ tenantId, total, onOpen }: Context) =>
  column.columns([
    column.display({
      id: 'select',
      header: () => <EveryTick total={total()} />,
      size: 36,
      enableHiding: false,
      enableResizing: false,
      cell: ({ row }) => {
        const license = of(row.original)
        return license && <LicenseTick license={license} />
      },
    }),
    column.accessor((line) => of(line)?.holder?.name ?? null, {
      id: 'holder',
      header: 'Holder',
      size: 190,
      enableHiding: false,
      cell: ({ row }) => {
        const license = of(row.original)
        return license && <HolderCell license={license} onOpen={onOpen} />
      },
    }),
    column.accessor((line) => of(line)?.company?.name, {
      id: 'company',
      header: 'Company',
      size: 170,
      cell: ({ getValue }) => getValue() ?? <NotSet />,
    }),
    column.accessor((line) => of(line)?.state ?? '', {
      id: 'state',
      header: 'State',
      size: 125,
      cell: ({ getValue }) => <State state={getValue()} />,
    }),
    column.accessor((line) => of(line)?.kind ?? 'commercial', {
      id: 'kind',
      header: 'Kind',
      size: 105,
      cell: ({ getValue }) => <Kind kind={getValue()} />,
    }),
    column.accessor((line) => of(line)?.valid_until ?? null, {
      id: 'valid_until',
      header: 'Valid until',
      size: 110,
      enableSorting: true,
      cell: ({ getValue }) => <DayCell day={getValue()} />,
    }),
    column.accessor((line) => of(line)?.auto_renew ?? false, {
      id: 'auto_renew',
      header: 'Auto-renew',
      size: 130,
      cell: ({ row }) => {
        const license = of(row.original)
        return license && describeRenewal(license)
      },
    }),
    column.accessor((line) => of(line)?.pool?.name ?? null, {
      id: 'pool',
      header: 'Pool',
      size: 150,
      cell: ({ getValue }) => getValue() ?? <NotSet />,
    }),
    column.accessor((line) => of(line)?.order_id ?? null, {
      id: 'order',
      header: 'Order',
      size: 100,
      cell: ({ getValue }) => {
        const id = getValue()
        if (id === null) return <NotSet />
        return (
          <Link to="/t/$tenantId/orders/$orderId" params={{ tenantId, orderId: id }}>
            {shortOf(id)}
          </Link>
        )
      },
    }),
    column.accessor((line) => of(line)?.starts_on ?? null, {
      id: 'starts_on',
      header: 'Started',
      size: 110,
      cell: ({ getValue }) => <DayCell day={getValue()} />,
    }),
    column.accessor((line) => of(line)?.set_aside_for?.name ?? null, {
      id: 'set_aside_for',
      header: 'Set aside for',
      size: 150,
      cell: ({ getValue }) => getValue() ?? <NotSet />,
    }),
    column.accessor((line) => of(line)?.owner?.name ?? null, {
      id: 'owner',
      header: 'Owner',
      size: 150,
      cell: ({ getValue }) => getValue() ?? <NotSet />,
    }),
  ])

/** The end of an id tells two apart: the first half of a version 7 is the time. */
export const shortOf = (id: string) => id.slice(-8)

const DayCell = ({ day }: { day: string | null }) => (day ? formatDay(day) : <NotSet />)

export const Kind = ({ kind }: { kind: License['kind'] }) => (
  <span className={classes.kind} data-kind={kind}>
    {kind === 'trial' ? 'Trial' : 'Commercial'}
  </span>
)

/** "On, 1 Mar 2027" or "Off". A trial does not renew. */
export function describeRenewal({ kind, auto_renew, next_renewal }: License): string {
  if (kind === 'trial' || !auto_renew) return 'Off'
  return next_renewal ? `On, ${formatDay(next_renewal)}` : 'On'
}

const HolderCell = ({ license, onOpen }: { license: License; onOpen: (license: License) => void }) => (
  <UnstyledButton fz="sm" onClick={() => onOpen(license)}>
    {license.holder ? (
      <LinkText>{license.holder.name ?? 'Erased'}</LinkText>
    ) : (
      <span className={classes.unassigned}>Unassigned</span>
    )}
  </UnstyledButton>
)
