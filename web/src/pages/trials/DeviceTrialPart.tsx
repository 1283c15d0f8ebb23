import { Button, Group, Text } from '@mantine/core'
import { useMay } from '../../api/may.ts'
import { useInstance } from '../../api/session.ts'
import { useDeviceTrial, useEndTrial } from '../../api/trials.ts'
import { formatDay } from '../../format/date.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { describeDaysLeft, outcomeNames } from './describe.ts'

/** What a device's drawer says of its trial, and the switch to paid. R-DEV-9. Nothing for a device that never was in trial. */
export function DeviceTrialPart({ deviceId }: { deviceId: string }) {
  const trial = useDeviceTrial(deviceId).data
  const { now } = useInstance()
  const may = useMay('trials.edit')
  const end = useEndTrial()
  if (!trial) return null
  const offer = `${trial.offer.product} ${trial.offer.edition}`
  const isRunning = trial.outcome === 'running'
  return (
    <Group justify="space-between" align="center" gap={8} mt={14}>
      <Text size="sm">
        {isRunning
          ? `In trial of ${offer}: ${describeDaysLeft(trial.ends_at, now)}, on ${formatDay(trial.ends_at)}.`
          : `${offer}: ${trial.is_paid ? 'Paid' : outcomeNames[trial.outcome]}.`}
      </Text>
      {may && !trial.is_paid && (
        <Button variant="default" loading={end.isPending} onClick={() => end.mutate({ kind: 'device', id: deviceId })}>
          Switch to paid
        </Button>
      )}
      {end.error && <ErrorPanel error={end.error} />}
    </Group>
  )
}
