import { Button, Drawer, Group, Stack, Switch, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useMay } from '../../api/may.ts'
import { useFeatures, useOfferBuyers, useSetEnabled, useSetOnSale } from '../../api/offers.ts'
import type { Offer, OfferBuyer } from '../../api/types.ts'
import { formatDay } from '../../format/date.ts'
import { formatNumberOf } from '../../format/money.ts'
import { addOnText, howCharged, termsText, trialText } from '../../format/offer.ts'
import { levelNames } from '../../format/word.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Facts } from '../../ui/Facts.tsx'
import { Queried } from '../../ui/Queried.tsx'
import { limitRows } from './limits.ts'
import classes from './OfferDrawer.module.css'
import { EditOffer } from './OfferEditor.tsx'

type Props = { offer: Offer | null; isSeller: boolean; onClose: () => void }

export const OfferDrawer = ({ offer, isSeller, onClose }: Props) => (
  <Drawer
    opened={offer !== null}
    onClose={onClose}
    position="right"
    size={460}
    shadow="none"
    title={offer ? `${offer.product} ${offer.edition}` : undefined}
    closeButtonProps={{ 'aria-label': 'Close' }}
  >
    {offer && (
      <Stack gap={18} key={offer.id}>
        {offer.description && <p className={classes.description}>{offer.description}</p>}
        <OfferFacts offer={offer} />
        <VendorActions offer={offer} />
        {isSeller && <Buyers offer={offer} />}
      </Stack>
    )}
  </Drawer>
)

function OfferFacts({ offer }: { offer: Offer }) {
  const features = useFeatures().data ?? []
  const names = features.filter(({ code }) => offer.features.includes(code)).map(({ name }) => name)
  const limits = limitRows.flatMap(({ name, show }) => {
    const text = show(offer)
    return text === null ? [] : [[name, text] as const]
  })
  return (
    <Facts
      facts={[
        ['Charged', howCharged(offer)],
        ...(offer.terms.length > 0 ? [['Sold for', termsText(offer)] as const] : []),
        ['Trial', trialText(offer)],
        ...(offer.assignable_to.length > 0 ? [['Assigned to', offer.assignable_to.join(', ')] as const] : []),
        ...limits,
        ...(offer.add_on_of.length > 0 ? [['Bought beside', addOnText(offer)] as const] : []),
        ['Features', names.join(', ')],
        ['Terms and conditions', offer.requires_terms ? 'Acknowledged with the order' : 'Not asked for'],
        ...(offer.withdrawn_at ? [['No longer sold since', formatDay(offer.withdrawn_at)] as const] : []),
      ]}
    />
  )
}

function VendorActions({ offer }: { offer: Offer }) {
  const may = useMay('offers.create')
  const setOnSale = useSetOnSale(offer)
  const isWithdrawn = offer.withdrawn_at !== null
  if (!may) return null
  return (
    <>
      {setOnSale.error && <ErrorPanel error={setOnSale.error} />}
      <Group gap={8}>
        <EditOffer offer={offer} />
        <Button variant="default" size="xs" loading={setOnSale.isPending} onClick={() => setOnSale.mutate(isWithdrawn)}>
          {isWithdrawn ? 'Sell again' : 'Withdraw from sale'}
        </Button>
      </Group>
    </>
  )
}

/** Switches the offer on and off edge by edge. R-OFFER-5. */
function Buyers({ offer }: { offer: Offer }) {
  const buyers = useOfferBuyers(offer.id)
  const [text, setText] = useState('')
  const wanted = text.trim().toLowerCase()
  return (
    <section aria-labelledby="offer-buyers">
      <h3 id="offer-buyers" className={classes.heading}>
        Who may sell or use it
      </h3>
      <Queried query={buyers}>
        {(rows) => (
          <>
            {rows.length > 8 && (
              <TextInput
                aria-label="Search direct customers"
                placeholder="Search"
                size="xs"
                mb={6}
                value={text}
                onChange={(event) => setText(event.currentTarget.value)}
              />
            )}
            {rows.length === 0 && <p className={classes.description}>You have no direct customers yet.</p>}
            <ul className={classes.buyers}>
              {rows
                .filter(({ tenant_name }) => tenant_name.toLowerCase().includes(wanted))
                .map((buyer) => (
                  <Buyer key={buyer.tenant_id} offerId={offer.id} buyer={buyer} />
                ))}
            </ul>
          </>
        )}
      </Queried>
    </section>
  )
}

function Buyer({ offerId, buyer }: { offerId: string; buyer: OfferBuyer }) {
  const may = useMay('offers.enable')
  const setEnabled = useSetEnabled(offerId)
  const isEnabled = buyer.enabled_at !== null
  const note = [
    levelNames[buyer.level],
    ...(buyer.enabled_at ? [`since ${formatDay(buyer.enabled_at)}`] : []),
    ...(buyer.below > 0 ? [`${formatNumberOf(buyer.below, 'tenant')} below`] : []),
  ]
  return (
    <li className={classes.buyer}>
      <Switch
        checked={isEnabled}
        disabled={!may || setEnabled.isPending}
        label={buyer.tenant_name}
        description={note.join(' · ')}
        onChange={() => setEnabled.mutate({ tenantId: buyer.tenant_id, enabled: !isEnabled })}
      />
      {setEnabled.error && <ErrorPanel error={setEnabled.error} />}
    </li>
  )
}
