import type { Party } from '../../api/types.ts'
import { countryName } from '../../format/country.ts'
import { Panel } from '../../ui/Panel.tsx'
import classes from './Invoice.module.css'

const linesOf = (party: Party) =>
  [
    party.street,
    [party.postal_code, party.city].filter(Boolean).join(' '),
    party.country && countryName(party.country),
    party.vat_number && `VAT ${party.vat_number}`,
  ].filter(Boolean)

export function PartyPanel({ title, party }: { title: string; party: Party }) {
  const lines = linesOf(party)
  return (
    <Panel title={title}>
      <address className={classes.party}>
        <strong>{party.legal_name ?? party.name}</strong>
        {lines.map((line) => (
          <span key={line}>{line}</span>
        ))}
        {lines.length === 0 && <span className={classes.missing}>No company data yet</span>}
      </address>
    </Panel>
  )
}
