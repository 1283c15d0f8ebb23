import { Button, Checkbox, Group, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import {
  useCheckIdentityProvider,
  useIdentityProvider,
  useRemoveIdentityProvider,
  useSetIdentityProvider,
} from '../../api/identity-provider.ts'
import { useMay } from '../../api/may.ts'
import { fieldErrorsOf, findProblem } from '../../api/problem.ts'
import type { IdentityProviderSetting, Tenant } from '../../api/types.ts'
import { Empty } from '../../ui/Empty.tsx'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Facts } from '../../ui/Facts.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Queried } from '../../ui/Queried.tsx'
import { Secret } from '../../ui/Secret.tsx'

/** Where the users of the tenant sign in, if not with a password of ours. */
export function SingleSignOnPanel({ tenant }: { tenant: Tenant }) {
  const may = useMay('single_sign_on.manage')
  const setting = useIdentityProvider(tenant.id)
  return (
    <Panel title="Single sign-on" note="By an OpenID Connect provider">
      <Queried query={setting}>
        {(current) => (may ? <ProviderForm tenant={tenant} setting={current} /> : <ProviderFacts setting={current} />)}
      </Queried>
    </Panel>
  )
}

function ProviderFacts({ setting: { provider } }: { setting: IdentityProviderSetting }) {
  if (!provider) return <Empty>None. A superuser can set it up.</Empty>
  return (
    <Facts
      facts={[
        ['Issuer', provider.issuer],
        ['Client id', provider.client_id],
        ['For tenants below', provider.covers_below ? 'Yes' : 'No'],
      ]}
    />
  )
}

type Props = { tenant: Tenant; setting: IdentityProviderSetting }

function ProviderForm({ tenant, setting: { provider, redirect_uri } }: Props) {
  const set = useSetIdentityProvider(tenant.id)
  const form = useForm({
    initialValues: {
      issuer: provider?.issuer ?? '',
      client_id: provider?.client_id ?? '',
      client_secret: '',
      covers_below: provider?.covers_below ?? false,
    },
  })
  const save = form.onSubmit(({ client_secret, ...rest }) =>
    set.mutate(
      { ...rest, ...(client_secret === '' ? {} : { client_secret }) },
      {
        onSuccess: () => {
          form.setFieldValue('client_secret', '')
          notifications.show({ message: 'Saved.' })
        },
        onError: (error) => {
          const problem = findProblem(error)
          if (problem) form.setErrors(fieldErrorsOf(problem))
        },
      },
    ),
  )
  return (
    <form onSubmit={save} noValidate>
      <Stack gap={12}>
        {set.error && <ErrorPanel error={set.error} />}
        <Secret label="Redirect address, to be registered at the provider" value={redirect_uri} />
        <TextInput
          label="Issuer"
          description="As the provider shows it"
          placeholder="https://login.example.com"
          {...form.getInputProps('issuer')}
        />
        <TextInput label="Client id" autoComplete="off" {...form.getInputProps('client_id')} />
        <PasswordInput
          label="Client secret"
          description={provider ? 'Kept, if empty' : 'Kept sealed, and not shown again'}
          autoComplete="off"
          visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the secret' }}
          {...form.getInputProps('client_secret')}
        />
        <Checkbox
          label="Also for the users of tenants below"
          description="Of those that have no provider of their own"
          {...form.getInputProps('covers_below', { type: 'checkbox' })}
        />
        <Group justify="flex-end" gap={8}>
          {provider && <ProviderActions tenantId={tenant.id} />}
          <Button type="submit" loading={set.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function ProviderActions({ tenantId }: { tenantId: string }) {
  const check = useCheckIdentityProvider(tenantId)
  const remove = useRemoveIdentityProvider(tenantId)
  const error = remove.error ?? check.error
  return (
    <>
      {error && <ErrorPanel error={error} />}
      <Button
        variant="default"
        loading={remove.isPending}
        onClick={() => remove.mutate(undefined, { onSuccess: () => notifications.show({ message: 'Removed.' }) })}
      >
        Remove
      </Button>
      <Button
        variant="default"
        loading={check.isPending}
        onClick={() =>
          check.mutate(undefined, {
            onSuccess: ({ issuer }) => notifications.show({ message: `${issuer} answers.` }),
          })
        }
      >
        Check the connection
      </Button>
    </>
  )
}
