import { Button } from '@mantine/core'
import { useCreateInstallToken, useInstallToken } from '../../api/devices.ts'
import { useMay } from '../../api/may.ts'
import type { Tenant } from '../../api/types.ts'
import { formatMoment } from '../../format/date.ts'
import { Empty } from '../../ui/Empty.tsx'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Secret } from '../../ui/Secret.tsx'
import { TextSkeleton } from '../../ui/TextSkeleton.tsx'

export function InstallTokenPanel({ tenant }: { tenant: Tenant }) {
  const may = useMay('install_tokens.create')
  const token = useInstallToken(tenant.id)
  const create = useCreateInstallToken(tenant.id)
  const made = create.data
  return (
    <Panel
      title="Install token"
      actions={
        may &&
        token.isSuccess && (
          <Button variant="default" size="xs" loading={create.isPending} onClick={() => create.mutate()}>
            {token.data ? 'Regenerate' : 'Create install token'}
          </Button>
        )
      }
    >
      {token.isPending && <TextSkeleton lines={1} />}
      {token.error && <ErrorPanel error={token.error} onRetry={() => void token.refetch()} />}
      {create.error && <ErrorPanel error={create.error} />}
      {made && (
        <>
          <Empty>Run this on each machine. The token is shown now and never again; regenerating ends it.</Empty>
          <Secret label="Command" value={made.command} />
          <Secret label="Token" value={made.token} />
        </>
      )}
      {!made && token.data && (
        <Empty>
          A token that begins with <code>{token.data.hint}</code> was made on {formatMoment(token.data.created_at)}.
          Regenerating ends it; devices that are enrolled stay.
        </Empty>
      )}
      {!made && token.data === null && <Empty>Devices enrol with an install token. {tenant.name} has none yet.</Empty>}
    </Panel>
  )
}
