import { Button, Group, Radio, Stack, Switch } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import type { PoolSettings, Tenant } from '@tenantree/sdk'
import { usePoolSettings, useSetPoolSettings } from '../../api/licenses.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Queried } from '../../ui/Queried.tsx'

type Props = { tenant: Pick<Tenant, 'id' | 'name'>; mayManage: boolean }

export function PoolSettingsPanel({ tenant, mayManage }: Props) {
  const settings = usePoolSettings(tenant.id)
  return (
    <Panel title="Where licenses come from" note={`for what ${tenant.name} has of its own`}>
      <Queried query={settings}>
        {(current) => <SettingsForm key={current.version} current={current} mayManage={mayManage} />}
      </Queried>
    </Panel>
  )
}

/** The two settings of R-POOL-2, and whether an expired license is exchanged (R-LIC-5). */
function SettingsForm({ current, mayManage }: { current: PoolSettings; mayManage: boolean }) {
  const save = useSetPoolSettings(current)
  const { source, take, exchange_expired } = current
  const form = useForm({ initialValues: { source, take, exchange_expired } })
  const submit = form.onSubmit((values) =>
    save.mutate(values, { onSuccess: () => void notifications.show({ message: 'The settings are saved' }) }),
  )
  return (
    <form onSubmit={submit}>
      <Stack gap={14}>
        {save.error && <ErrorPanel error={save.error} />}
        <Radio.Group label="Source" {...form.getInputProps('source')}>
          <Stack gap={6} mt={6}>
            <Radio
              value="global_pool"
              disabled={!mayManage}
              label="Global pool"
              description="The pool of the partner that sells to it, no further up"
            />
            <Radio
              value="company_pool"
              disabled={!mayManage}
              label="Company pool"
              description="Its own licenses first, then those set aside for it, nothing else"
            />
          </Stack>
        </Radio.Group>
        <Radio.Group label="Take" {...form.getInputProps('take')}>
          <Stack gap={6} mt={6}>
            <Radio
              value="automatic"
              disabled={!mayManage}
              label="Automatic"
              description="A device takes a license when it starts"
            />
            <Radio value="manual" disabled={!mayManage} label="Manual" description="Someone assigns it" />
          </Stack>
        </Radio.Group>
        <Switch
          label="Exchange expired for available"
          description="A holder whose license expires gets a free one of the same edition, where there is one"
          disabled={!mayManage}
          {...form.getInputProps('exchange_expired', { type: 'checkbox' })}
        />
        {mayManage && (
          <Group justify="flex-end">
            <Button type="submit" disabled={!form.isDirty()} loading={save.isPending}>
              Save
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  )
}
