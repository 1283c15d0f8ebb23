import { Button, Group, Text } from '@mantine/core'
import { useMay } from '../../api/may.ts'
import { useInstance } from '../../api/session.ts'
import { useDeviceTrial, useEndTrial } from '../../api/trials.ts'
import type { Device, DeviceTrial } from '../../api/types.ts'
import { formatDay } from '../../format/date.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { describeDaysLeft, outcomeNames } from './describe.ts'
import { StartDeviceTrial } from './StartDeviceTrial.tsx'

/** What a device's drawer says of its trial: the beginning of one, and the switch to paid. R-DEV-9. */
export function DeviceTrialPart({ device }: { device: Device }) {
  const query = useDeviceTrial(device.id)
  const { now } = useInstance()
  const may = useMay('trials.edit')
  const end = useEndTrial()
  const trial = query.data
  if (trial === undefined) return null
  const mayBegin =
    may && atWork.includes(device.state) && (trial === null || trial.is_paid || trial.outcome === 'unlicensed')
  if (trial === null && !mayBegin) return null
  return (
    <Group justify="space-between" align="center" gap={8} mt={14}>
      <Text size="sm">{trial === null ? 'Never was in trial.' : describeTrial(trial, now)}</Text>
      {may && trial && !trial.is_paid && (
        <Button variant="default" loading={end.isPending} onClick={() => end.mutate({ kind: 'device', id: device.id })}>
          Switch to paid
        </Button>
      )}
      {mayBegin && <StartDeviceTrial device={device} />}
      {end.error && <ErrorPanel error={end.error} />}
    </Group>
  )
}

const atWork: readonly Device['state'][] = ['pending', 'active', 'offline']

function describeTrial(trial: DeviceTrial, now: string): string {
  const offer = `${trial.offer.product} ${trial.offer.edition}`
  if (trial.outcome === 'running')
    return `In trial of ${offer}: ${describeDaysLeft(trial.ends_at, now)}, on ${formatDay(trial.ends_at)}.`
  return `${offer}: ${trial.is_paid ? 'Paid' : outcomeNames[trial.outcome]}.`
}
