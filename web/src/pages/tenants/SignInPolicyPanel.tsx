import { Stack, Switch } from '@mantine/core'
import { useSetSignInPolicy, useSignInPolicy } from '../../api/account.ts'
import { useMay } from '../../api/may.ts'
import type { SignInPolicy, Tenant } from '../../api/types.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Queried } from '../../ui/Queried.tsx'

/** What everyone at the tenant, and below, is asked for when signing in. */
export function SignInPolicyPanel({ tenant }: { tenant: Tenant }) {
  const may = useMay('users.edit')
  const policy = useSignInPolicy(tenant.id)
  const set = useSetSignInPolicy(tenant.id)
  return (
    <Panel title="Sign-in">
      {set.error && <ErrorPanel error={set.error} />}
      <Queried query={policy}>
        {(current) => (
          <Stack gap={14}>
            <Switch
              label="Ask for a second factor"
              description={
                current.inherited
                  ? 'A tenant above asks for it already.'
                  : `Who has none at ${tenant.name} or below sets one up before anything else.`
              }
              checked={current.require_second_factor || current.inherited}
              disabled={!may || current.inherited || set.isPending}
              onChange={(event) => set.mutate({ require_second_factor: event.currentTarget.checked })}
            />
            <RequireSingleSignOn
              policy={current}
              isBusy={set.isPending}
              onChange={(isRequired) =>
                set.mutate({
                  require_second_factor: current.require_second_factor,
                  require_single_sign_on: isRequired,
                })
              }
            />
          </Stack>
        )}
      </Queried>
    </Panel>
  )
}

type Props = { policy: SignInPolicy; isBusy: boolean; onChange: (isRequired: boolean) => void }

function RequireSingleSignOn({ policy, isBusy, onChange }: Props) {
  const may = useMay('single_sign_on.manage')
  const isAbove = policy.single_sign_on_required && !policy.require_single_sign_on
  return (
    <Switch
      label="Require single sign-on"
      description={describe(policy, isAbove)}
      checked={policy.single_sign_on_required}
      disabled={!may || isAbove || !policy.single_sign_on_provided || isBusy}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  )
}

function describe({ single_sign_on_provided: isProvided }: SignInPolicy, isAbove: boolean): string {
  if (isAbove) return 'A tenant above requires it already.'
  if (!isProvided) return 'Needs an identity provider: a superuser sets it under Settings.'
  return 'Passwords and links are refused then. Superusers keep a way in: a passkey, or the password with a second factor.'
}
