import { Tooltip } from '@mantine/core'
import { IconCheck, IconMinus } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Feature, MachineEdition, Offer } from '../../api/types.ts'
import { howCharged, machineOsNames, termsText, trialText } from '../../format/offer.ts'
import { Panel } from '../../ui/Panel.tsx'
import { SideScroll } from '../../ui/SideScroll.tsx'
import { limitRows } from './limits.ts'
import classes from './ProductPanel.module.css'

type Known = { features: readonly Feature[]; machines: readonly MachineEdition[] }
type Props = { product: string; note: string; offers: readonly Offer[]; known: Known; onOpen: (id: string) => void }

/** The editions of a product side by side. R-OFFER-4. */
export function ProductPanel({ product, note, offers, known, onOpen }: Props) {
  const label = `Editions of ${product}`
  const features = known.features.filter(({ code }) => offers.some((offer) => offer.features.includes(code)))
  const facts = factRows(known.machines).filter((row) => offers.some((offer) => row.cell(offer) !== null))
  return (
    <Panel title={product} note={note} flush>
      <SideScroll label={label}>
        <table className={classes.table} aria-label={label}>
          <thead>
            <tr>
              <th scope="col">
                <span className="visually-hidden">What is compared</span>
              </th>
              {offers.map((offer) => (
                <th key={offer.id} scope="col">
                  <EditionHead offer={offer} onOpen={onOpen} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {facts.map((row) => (
              <tr key={row.name}>
                <th scope="row">{row.name}</th>
                {offers.map((offer) => (
                  <td key={offer.id}>{row.cell(offer) ?? <No />}</td>
                ))}
              </tr>
            ))}
            {features.length > 0 && (
              <tr className={classes.group}>
                <th scope="rowgroup" colSpan={offers.length + 1}>
                  Features
                </th>
              </tr>
            )}
            {features.map((feature) => (
              <tr key={feature.code}>
                <th scope="row">
                  <FeatureName feature={feature} />
                </th>
                {offers.map((offer) => (
                  <td key={offer.id}>{offer.features.includes(feature.code) ? <Yes /> : <No />}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </SideScroll>
    </Panel>
  )
}

function EditionHead({ offer, onOpen }: { offer: Offer; onOpen: (id: string) => void }) {
  return (
    <div className={classes.edition} data-withdrawn={offer.withdrawn_at !== null || undefined}>
      <button type="button" className={classes.open} onClick={() => onOpen(offer.id)}>
        {offer.edition}
      </button>
      <span className={classes.charged}>{offer.withdrawn_at === null ? howCharged(offer) : 'No longer sold'}</span>
      {offer.description && <span className={classes.description}>{offer.description}</span>}
    </div>
  )
}

type FactRow = { name: string; cell: (offer: Offer) => ReactNode | null }

const factRows = (machines: readonly MachineEdition[]): FactRow[] => [
  { name: 'Sold for', cell: (offer) => termsText(offer) || null },
  { name: 'Trial', cell: trialText },
  { name: 'Runs on', cell: (offer) => runsOn(offer, machines) },
  ...limitRows.map(({ name, show }) => ({ name, cell: (offer: Offer) => show(offer) })),
]

/** The operating systems of a device's edition, in whatever payment mode. */
function runsOn(offer: Offer, machines: readonly MachineEdition[]): string | null {
  if (offer.unit !== 'device') return null
  const edition = machines.find(({ code }) => code === offer.machine_edition)
  if (!edition) return 'Every machine'
  const all = Object.entries(machineOsNames)
  const systems = all.filter(([code]) => edition.fits.some(({ os }) => os === code))
  if (systems.length === all.length) return 'Every machine'
  return systems.map(([, name]) => name).join(', ') || null
}

function FeatureName({ feature }: { feature: Feature }) {
  if (!feature.description) return feature.name
  return (
    <Tooltip
      label={feature.description}
      multiline
      maw={280}
      position="right"
      events={{ hover: true, focus: true, touch: true }}
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the explanation is for the keyboard too */}
      <span className={classes.explained} tabIndex={0}>
        {feature.name}
      </span>
    </Tooltip>
  )
}

const Yes = () => (
  <>
    <IconCheck aria-hidden size={16} stroke={2.2} className={classes.yes} />
    <span className="visually-hidden">yes</span>
  </>
)
const No = () => (
  <>
    <IconMinus aria-hidden size={14} stroke={1.6} className={classes.no} />
    <span className="visually-hidden">no</span>
  </>
)
