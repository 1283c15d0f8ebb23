import { Button, Checkbox, Group } from '@mantine/core'
import { useState } from 'react'
import { useMay } from '../../api/may.ts'
import { useCreateSubscription, useEnabledOffers, useSubscriptions } from '../../api/offers.ts'
import { useInstance } from '../../api/session.ts'
import { useSetSubscriptionState, useSetTrialMails, useTrialMails } from '../../api/trials.ts'
import type { Offer, Subscription, Tenant } from '../../api/types.ts'
import { formatDay } from '../../format/date.ts'
import { Empty } from '../../ui/Empty.tsx'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Queried } from '../../ui/Queried.tsx'
import { SimpleTable } from '../../ui/SimpleTable.tsx'
import { State } from '../../ui/State.tsx'
import { describeDaysLeft } from '../trials/describe.ts'
import { EndSubscription } from './EndSubscription.tsx'
import { PickOffer } from './PickOffer.tsx'

/** What the end customer's devices are charged for. R-SUBS-1. */
export function SubscriptionsPanel({ tenant }: { tenant: Tenant }) {
  const may = useMay('subscriptions.create')
  const subscriptions = useSubscriptions(tenant.id, true)
  const act = useSetSubscriptionState()
  const columns = useColumns(act)
  return (
    <Panel title="Subscriptions">
      {act.error && <ErrorPanel error={act.error} />}
      <Queried query={subscriptions}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty>Without a subscription nothing of {tenant.name} is charged after use.</Empty>
          ) : (
            <SimpleTable label="Subscriptions" columns={columns} rows={rows} rowKey={({ id }) => id} />
          )
        }
      </Queried>
      {may && subscriptions.data && <AddSubscription tenantId={tenant.id} running={subscriptions.data} />}
      <TrialMails tenant={tenant} />
    </Panel>
  )
}

type Act = ReturnType<typeof useSetSubscriptionState>

function useColumns(act: Act) {
  const { now } = useInstance()
  const may = useMay('subscriptions.end')
  const when = ({ state, trial, ended_on, started_on }: Subscription) => {
    if (state === 'in_trial' && trial) return `${formatDay(started_on)}, ${describeDaysLeft(trial.ends_at, now)}`
    return ended_on ? `${formatDay(started_on)} to ${formatDay(ended_on)}` : formatDay(started_on)
  }
  const columns = [
    { key: 'offer', name: 'Offer', cell: ({ offer }: Subscription) => `${offer.product} ${offer.edition}` },
    { key: 'state', name: 'State', cell: ({ state }: Subscription) => <State state={state} /> },
    { key: 'since', name: 'Started', cell: when },
  ]
  const action = {
    key: 'action',
    name: '',
    align: 'end' as const,
    cell: (row: Subscription) => row.state !== 'ended' && <Actions subscription={row} act={act} />,
  }
  return may ? [...columns, action] : columns
}

function Actions({ subscription, act }: { subscription: Subscription; act: Act }) {
  const { id, state } = subscription
  return (
    <Group gap={6} justify="flex-end" wrap="nowrap">
      {state === 'in_trial' && (
        <Button
          variant="default"
          size="compact-sm"
          loading={act.isPending && act.variables.id === id}
          onClick={() => act.mutate({ id, state: 'active' })}
        >
          Make active
        </Button>
      )}
      <EndSubscription subscription={subscription} />
    </Group>
  )
}

function AddSubscription({ tenantId, running }: { tenantId: string; running: readonly Subscription[] }) {
  const enabled = useEnabledOffers(tenantId).data ?? []
  const [inTrial, setInTrial] = useState(false)
  const add = useCreateSubscription(tenantId, inTrial)
  const products = new Set(running.filter(({ state }) => state !== 'ended').map(({ offer }) => offer.product))
  const others = enabled
    .map(({ offer }) => offer)
    .filter((offer) => isSubscribable(offer) && !products.has(offer.product))
  if (others.length === 0) return null
  return (
    <>
      <PickOffer label="Offer to subscribe to" action="Add" offers={others} command={add} />
      {others.some(({ trial }) => trial !== null) && (
        <Checkbox
          mt={10}
          label="Begin with a trial, where the offer has one"
          checked={inTrial}
          onChange={(event) => setInTrial(event.currentTarget.checked)}
        />
      )}
    </>
  )
}

/** What is sold by term is bought by an order. */
const isSubscribable = ({ charge_model, withdrawn_at }: Offer) =>
  withdrawn_at === null && (charge_model === 'active_use' || charge_model === 'peak')

function TrialMails({ tenant }: { tenant: Tenant }) {
  const may = useMay('tenants.edit')
  const mails = useTrialMails(tenant.id)
  const set = useSetTrialMails(tenant.id)
  return (
    <>
      {set.error && <ErrorPanel error={set.error} />}
      {mails.data && (
        <Checkbox
          mt={14}
          label="Mails 7 days and 1 day before a trial ends"
          checked={mails.data.enabled}
          disabled={!may || set.isPending}
          onChange={(event) => set.mutate(event.currentTarget.checked)}
        />
      )}
    </>
  )
}
