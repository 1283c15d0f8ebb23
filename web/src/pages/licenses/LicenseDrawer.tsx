import { Button, Drawer, Group, Stack } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { Link } from '@tanstack/react-router'
import type { License } from '@tenantree/sdk'
import {
  useActOnLicenses,
  useCancelLicense,
  useLicense,
  useReleaseLicense,
  useRestoreLicense,
} from '../../api/licenses.ts'
import { useMay } from '../../api/may.ts'
import { formatDay, formatMoment } from '../../format/date.ts'
import { toWords } from '../../format/word.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Facts } from '../../ui/Facts.tsx'
import { State } from '../../ui/State.tsx'
import { AssignLicense } from './AssignLicense.tsx'
import { ChangeEdition } from './ChangeEdition.tsx'
import { LicenseHistory } from './LicenseHistory.tsx'
import { describeRenewal, Kind, shortOf } from './license-columns.tsx'

type Props = { license: License | null; tenantId: string; onClose: () => void }

export function LicenseDrawer({ license, tenantId, onClose }: Props) {
  return (
    <Drawer
      opened={license !== null}
      onClose={onClose}
      position="right"
      size={440}
      shadow="none"
      title={license && `${license.offer.product} ${license.offer.edition}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {license && <LicenseFacts key={license.id} row={license} tenantId={tenantId} />}
    </Drawer>
  )
}

/** Shows the row at once, and what the server says of it now as soon as it has answered. */
function LicenseFacts({ row, tenantId }: { row: License; tenantId: string }) {
  const current = useLicense(row.id)
  const license = current.data ?? row
  const { holder } = license
  return (
    <Stack gap={16}>
      {current.error && <ErrorPanel error={current.error} onRetry={() => void current.refetch()} />}
      <LicenseActions license={license} tenantId={tenantId} />
      <Facts
        facts={[
          ['State', <State key="state" state={license.state} />],
          ['Kind', <Kind key="kind" kind={license.kind} />],
          ['Holder', holder && `${holder.name ?? 'Erased'} (${toWords(holder.kind).toLowerCase()})`],
          ['Company', license.company?.name],
          ['Assigned', license.assigned_at && formatMoment(license.assigned_at)],
          ['Started', formatDay(license.starts_on)],
          ['Valid until', license.valid_until && `${formatDay(license.valid_until)}, end of day (UTC)`],
          ['Committed to', license.committed_to && formatDay(license.committed_to)],
          ['Auto-renew', describeRenewal(license)],
          ['Goes on as', license.next_offer && `${license.next_offer.product} ${license.next_offer.edition}`],
          ['Pool', license.pool?.name],
          ['Set aside for', license.set_aside_for?.name],
          ['Owner', license.owner?.name],
          [
            'Order',
            license.order_id && (
              <Link key="order" to="/t/$tenantId/orders/$orderId" params={{ tenantId, orderId: license.order_id }}>
                {shortOf(license.order_id)}
              </Link>
            ),
          ],
          ['License id', <code key="id">{license.id}</code>],
        ]}
      />
      <LicenseHistory id={license.id} />
    </Stack>
  )
}

const isOver = ({ state }: License) => state === 'expired' || state === 'withdrawn' || state === 'ended'

const told = (message: string) => ({ onSuccess: () => void notifications.show({ message }) })

/** What may be done to it. Its owner's choices are shown to the owner and above only. */
function LicenseActions({ license, tenantId }: { license: License; tenantId: string }) {
  const mayAssign = useMay('licenses.assign')
  const mayManage = useMay('licenses.manage') && license.may_manage && license.kind === 'commercial'
  if (isOver(license)) return null
  return (
    <Group gap={8}>
      {mayAssign &&
        (license.holder ? <Release id={license.id} /> : <AssignLicense license={license} tenantId={tenantId} />)}
      {mayManage && (
        <>
          {license.state !== 'pending_cancel' && <Renewal license={license} />}
          <ChangeEdition license={license} />
          {license.offer.charge_model === 'committed' && <Cancellation license={license} />}
        </>
      )}
    </Group>
  )
}

type ActProps = { name: string; error: unknown; isRunning: boolean; onAct: () => void }

/** A small button that says beside it why it was refused. */
const Act = ({ name, error, isRunning, onAct }: ActProps) => (
  <>
    <Button size="xs" variant="default" loading={isRunning} onClick={onAct}>
      {name}
    </Button>
    {Boolean(error) && <ErrorPanel error={error} />}
  </>
)

function Release({ id }: { id: string }) {
  const release = useReleaseLicense()
  const act = () => release.mutate(id, told('The license is back in its pool'))
  return <Act name="Release" error={release.error} isRunning={release.isPending} onAct={act} />
}

function Renewal({ license }: { license: License }) {
  const act = useActOnLicenses()
  const set = () =>
    act.mutate(
      { action: 'set_auto_renew', auto_renew: !license.auto_renew, ids: [license.id] },
      told(license.auto_renew ? 'It ends after its last day' : 'It renews by itself'),
    )
  const name = license.auto_renew ? 'Turn auto-renew off' : 'Turn auto-renew on'
  return <Act name={name} error={act.error} isRunning={act.isPending} onAct={set} />
}

/** A committed license stays, and is charged, to its commitment's end; until then it can be taken back. R-LIC-7. */
function Cancellation({ license }: { license: License }) {
  const cancel = useCancelLicense()
  const restore = useRestoreLicense()
  if (license.state === 'pending_cancel') {
    const act = () => restore.mutate(license.id, told('The cancellation is taken back'))
    return <Act name="Take the cancellation back" error={restore.error} isRunning={restore.isPending} onAct={act} />
  }
  const act = () => cancel.mutate(license.id, told('Cancelled for the end of its commitment'))
  return <Act name="Cancel" error={cancel.error} isRunning={cancel.isPending} onAct={act} />
}
