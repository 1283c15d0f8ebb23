import { useMe } from '../../api/session.ts'
import { toWords } from '../../format/word.ts'
import screen from '../../shell/TenantScreen.module.css'
import { ButtonLink } from '../../ui/ButtonLink.tsx'
import { Facts } from '../../ui/Facts.tsx'
import { PageHead } from '../../ui/PageHead.tsx'
import { Panel } from '../../ui/Panel.tsx'
import classes from '../tenants/TenantPage.module.css'
import { SecondFactorPanel } from './SecondFactorPanel.tsx'
import { SessionsPanel } from './SessionsPanel.tsx'

export function AccountPage() {
  const { user, tenant } = useMe()
  const rights = [
    user.may_purchase && 'May buy',
    user.security_officer && 'Security officer',
    user.support && 'Support',
  ]
  return (
    <div className={screen.screen}>
      <PageHead title="Account and security" note={user.email} />
      <div className={classes.columns}>
        <div className={classes.column}>
          <Panel
            title="You"
            actions={
              <ButtonLink size="xs" variant="default" to="/set-password">
                {user.has_password ? 'Change password' : 'Set a password'}
              </ButtonLink>
            }
          >
            <Facts
              facts={[
                ['Name', user.name],
                ['E-mail', user.email],
                ['Tenant', tenant.name],
                ['Role', toWords(user.role)],
                ['Rights', rights.filter(Boolean).join(', ')],
                ['Password', user.has_password ? 'Set' : 'None yet: you signed in with a link'],
              ]}
            />
          </Panel>
          <SecondFactorPanel />
        </div>
        <div className={classes.column}>
          <SessionsPanel />
        </div>
      </div>
    </div>
  )
}
