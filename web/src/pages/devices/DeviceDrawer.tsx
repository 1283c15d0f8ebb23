import { Drawer } from '@mantine/core'
import { useDevice } from '../../api/devices.ts'
import type { Device } from '../../api/types.ts'
import { formatAgo, formatMoment } from '../../format/date.ts'
import { osName, toWords } from '../../format/word.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Facts } from '../../ui/Facts.tsx'
import { LocationName } from '../../ui/LocationName.tsx'
import { State } from '../../ui/State.tsx'
import { DeviceTrialPart } from '../trials/DeviceTrialPart.tsx'

type Props = { device: Device | null; now: string; onClose: () => void }

export function DeviceDrawer({ device, now, onClose }: Props) {
  return (
    <Drawer
      opened={device !== null}
      onClose={onClose}
      position="right"
      size={420}
      shadow="none"
      title={device?.host_name}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {device && <DeviceFacts row={device} now={now} />}
    </Drawer>
  )
}

/** Shows the row at once, and what the server says of it now as soon as it has answered. */
function DeviceFacts({ row, now }: { row: Device; now: string }) {
  const current = useDevice(row.id)
  const device = current.data ?? row
  const seen = device.last_seen_at
  return (
    <>
      {current.error && <ErrorPanel error={current.error} onRetry={() => void current.refetch()} />}
      <Facts
        facts={[
          ['State', <State key="state" state={device.state} />],
          ['Tenant', device.tenant_name],
          ['Operating system', `${osName(device.os)} ${device.os_version}`],
          ['Architecture', device.architecture],
          ['Machine', toWords(device.machine_kind)],
          ['Agent', device.agent_version],
          ['Storage location', <LocationName key="location" code={device.storage_location} />],
          ['Enrolled', formatMoment(device.enrolled_at)],
          ['Last seen', seen && `${formatMoment(seen)} (${formatAgo(seen, now)})`],
          ['Active days this month', device.active_days_this_month],
          ['Device id', <code key="id">{device.id}</code>],
        ]}
      />
      <DeviceTrialPart device={device} />
    </>
  )
}
