import { Button, Select } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useEnabledOffers } from '../../api/offers.ts'
import { useTenant } from '../../api/tenants.ts'
import { useStartDeviceTrial } from '../../api/trials.ts'
import type { Device, Offer } from '../../api/types.ts'
import { FormDialog } from '../../ui/FormDialog.tsx'
import { formatTrialTerms } from './describe.ts'

/** Begins a trial on a machine, of what its customer may have. A site has what its customer has. R-TRIAL-2. */
export function StartDeviceTrial({ device }: { device: Device }) {
  const tenant = useTenant(device.tenant_id).data
  const customerId = tenant?.level === 'site' ? tenant.parent_id : tenant?.id
  const [isOpen, setIsOpen] = useState(false)
  if (!customerId) return null
  return (
    <>
      <Button variant="default" onClick={() => setIsOpen(true)}>
        Start a trial
      </Button>
      {isOpen && <TrialForm device={device} customerId={customerId} onClose={() => setIsOpen(false)} />}
    </>
  )
}

type Props = { device: Device; customerId: string; onClose: () => void }

function TrialForm({ device, customerId, onClose }: Props) {
  const enabled = useEnabledOffers(customerId)
  const start = useStartDeviceTrial(device.id)
  const [offerId, setOfferId] = useState<string | null>(null)
  const offers = (enabled.data ?? []).map(({ offer }) => offer).filter(mayBeTried)
  const chosen = offers.find(({ id }) => id === offerId)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (offerId) start.mutate(offerId, { onSuccess: onClose })
  }
  return (
    <FormDialog
      title={`Start a trial on ${device.host_name}`}
      action="Start the trial"
      isOpen
      onClose={onClose}
      onSubmit={submit}
      isSaving={start.isPending}
      error={start.error ?? enabled.error}
    >
      <Select
        label="Offer"
        placeholder={
          enabled.isPending || offers.length > 0
            ? 'Choose an offer'
            : 'No offer of the customer has a trial for devices'
        }
        description={chosen?.trial ? formatTrialTerms(chosen.trial) : undefined}
        disabled={offers.length === 0}
        data={offers.map(({ id, product, edition }) => ({ value: id, label: `${product} ${edition}` }))}
        value={offerId}
        onChange={setOfferId}
        searchable
      />
    </FormDialog>
  )
}

const mayBeTried = ({ trial, withdrawn_at, assignable_to }: Offer) =>
  trial !== null && withdrawn_at === null && assignable_to.includes('device')
