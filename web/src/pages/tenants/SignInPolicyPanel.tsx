import { Switch } from '@mantine/core'
import { useSetSignInPolicy, useSignInPolicy } from '../../api/account.ts'
import { useMay } from '../../api/may.ts'
import type { Tenant } from '../../api/types.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Queried } from '../../ui/Queried.tsx'

/** Whether everyone at the tenant and below has to sign in with a second factor. */
export function SignInPolicyPanel({ tenant }: { tenant: Tenant }) {
  const may = useMay('users.edit')
  const policy = useSignInPolicy(tenant.id)
  const set = useSetSignInPolicy(tenant.id)
  return (
    <Panel title="Sign-in">
      {set.error && <ErrorPanel error={set.error} />}
      <Queried query={policy}>
        {({ require_second_factor, inherited }) => (
          <Switch
            label="Ask for a second factor"
            description={
              inherited
                ? 'A tenant above asks for it already.'
                : `Who has none at ${tenant.name} or below sets one up before anything else.`
            }
            checked={require_second_factor || inherited}
            disabled={!may || inherited || set.isPending}
            onChange={(event) => set.mutate(event.currentTarget.checked)}
          />
        )}
      </Queried>
    </Panel>
  )
}
