import { Button, Select } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { Offer } from '../../api/types.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import classes from './TenantPage.module.css'

type Command = {
  mutate: (offerId: string, options: { onSuccess: () => void }) => void
  isPending: boolean
  error: unknown
}
type Props = { label: string; action: string; offers: readonly Offer[]; command: Command }

/** Chooses an offer and does something with it. */
export function PickOffer({ label, action, offers, command }: Props) {
  const [offerId, setOfferId] = useState<string | null>(null)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (offerId) command.mutate(offerId, { onSuccess: () => setOfferId(null) })
  }
  return (
    <form onSubmit={submit}>
      <div className={classes.addRow}>
        <Select
          label={label}
          placeholder="Choose an offer"
          data={offers.map(({ id, product, edition }) => ({ value: id, label: `${product} ${edition}` }))}
          value={offerId}
          onChange={setOfferId}
        />
        <Button type="submit" variant="default" disabled={!offerId} loading={command.isPending}>
          {action}
        </Button>
      </div>
      {Boolean(command.error) && <ErrorPanel error={command.error} />}
    </form>
  )
}
