import { ActionIcon, Tooltip } from '@mantine/core'
import { IconCheck, IconMinus } from '@tabler/icons-react'
import { useMay } from '../../api/may.ts'
import { useMachineEditions, usePutMachineEdition } from '../../api/offers.ts'
import type { MachineEdition } from '../../api/types.ts'
import { machineOsNames } from '../../format/offer.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Queried } from '../../ui/Queried.tsx'
import { SideScroll } from '../../ui/SideScroll.tsx'
import classes from './MachinesPanel.module.css'

type Fit = MachineEdition['fits'][number]
const systems = Object.keys(machineOsNames) as Fit['os'][]
const modes = ['monthly', 'annual'] as const
const columns = systems.flatMap((os) => modes.map((payment_mode) => ({ os, payment_mode })))

const isSame = (left: Fit, right: Fit) => left.os === right.os && left.payment_mode === right.payment_mode

/** Which edition fits which machine, by how the customer pays. R-OFFER-3. The vendor changes a cell by clicking it. */
export function MachinesPanel() {
  const may = useMay('offers.create')
  const editions = useMachineEditions()
  const put = usePutMachineEdition()
  const toggle = ({ code, name, position, version, fits }: MachineEdition, fit: Fit) => {
    const without = fits.filter((other) => !isSame(other, fit))
    const next = without.length === fits.length ? [...fits, fit] : without
    put.mutate({ code, version, name, position, fits: next })
  }
  const label = 'Which edition fits which machine'
  return (
    <Panel title={label} note="By operating system, and by paying monthly or annually" flush>
      {put.error && <ErrorPanel error={put.error} />}
      <Queried query={editions}>
        {(rows) => (
          <SideScroll label={label}>
            <table className={classes.table} aria-label={label}>
              <thead>
                <tr>
                  <th scope="col" rowSpan={2}>
                    Edition
                  </th>
                  {systems.map((os) => (
                    <th key={os} scope="colgroup" colSpan={2}>
                      {machineOsNames[os]}
                    </th>
                  ))}
                </tr>
                <tr>
                  {columns.map(({ os, payment_mode }) => (
                    <th key={`${os} ${payment_mode}`} scope="col" className={classes.mode}>
                      {payment_mode === 'monthly' ? 'Monthly' : 'Annual'}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.map((edition) => (
                  <tr key={edition.code}>
                    <th scope="row">{edition.name}</th>
                    {columns.map((fit) => (
                      <td key={`${fit.os} ${fit.payment_mode}`}>
                        <Cell
                          label={`${edition.name}, ${machineOsNames[fit.os]}, ${fit.payment_mode}`}
                          fits={edition.fits.some((other) => isSame(other, fit))}
                          onToggle={may ? () => toggle(edition, fit) : null}
                          isBusy={put.isPending}
                        />
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </SideScroll>
        )}
      </Queried>
    </Panel>
  )
}

type CellProps = { label: string; fits: boolean; onToggle: (() => void) | null; isBusy: boolean }

function Cell({ label, fits, onToggle, isBusy }: CellProps) {
  const icon = fits ? (
    <IconCheck aria-hidden size={16} stroke={2.2} className={classes.yes} />
  ) : (
    <IconMinus aria-hidden size={14} stroke={1.6} className={classes.no} />
  )
  if (!onToggle) {
    return (
      <span className={classes.plain}>
        {icon}
        <span className="visually-hidden">{fits ? 'fits' : 'does not fit'}</span>
      </span>
    )
  }
  return (
    <Tooltip label={fits ? 'Fits: click to refuse' : 'Refused: click to allow'}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={26}
        aria-label={label}
        aria-pressed={fits}
        disabled={isBusy}
        onClick={onToggle}
      >
        {icon}
      </ActionIcon>
    </Tooltip>
  )
}
