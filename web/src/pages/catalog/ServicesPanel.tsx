import type { Offer } from '../../api/types.ts'
import { addOnText, howCharged, termsText, trialText } from '../../format/offer.ts'
import { Panel } from '../../ui/Panel.tsx'
import classes from './ServicesPanel.module.css'

type Props = { isAlone: boolean; offers: readonly Offer[]; onOpen: (id: string) => void }

/** Products of one edition: there is nothing to compare, so they stand in a list. */
export function ServicesPanel({ isAlone, offers, onOpen }: Props) {
  return (
    <Panel title={isAlone ? 'Offers' : 'Single offers and add-ons'} flush>
      <ul className={classes.list}>
        {offers.map((offer) => (
          <li key={offer.id} className={classes.offer}>
            <div className={classes.name}>
              <button type="button" className={classes.open} onClick={() => onOpen(offer.id)}>
                {offer.product} <span className={classes.edition}>{offer.edition}</span>
              </button>
              {offer.description && <span className={classes.dim}>{offer.description}</span>}
            </div>
            <div className={classes.facts}>
              <span>{offer.withdrawn_at === null ? howCharged(offer) : 'No longer sold'}</span>
              <span className={classes.dim}>{termsText(offer) || trialText(offer)}</span>
            </div>
            <div className={classes.facts}>
              {offer.add_on_of.length > 0 && (
                <>
                  <span>Beside</span>
                  <span className={classes.dim}>{addOnText(offer)}</span>
                </>
              )}
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
