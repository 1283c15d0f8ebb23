import { useMe } from '../../api/session.ts'
import { toWords } from '../../format/word.ts'
import screen from '../../shell/TenantScreen.module.css'
import { ButtonLink } from '../../ui/ButtonLink.tsx'
import { Facts } from '../../ui/Facts.tsx'
import { PageHead } from '../../ui/PageHead.tsx'
import { Panel } from '../../ui/Panel.tsx'
import classes from '../tenants/TenantPage.module.css'
import { PasskeysPanel } from './PasskeysPanel.tsx'
import { SecondFactorPanel } from './SecondFactorPanel.tsx'
import { SessionsPanel } from './SessionsPanel.tsx'
import { signInMethods } from './sign-in-methods.ts'

const passwordState = (isSet: boolean, isUsed: boolean) => {
  if (!isUsed) return 'Not used: your organization requires single sign-on'
  return isSet ? 'Set' : 'None yet'
}

export function AccountPage() {
  const { user, tenant, sign_in } = useMe()
  const usesPassword = user.role === 'superuser' || !sign_in.single_sign_on_required
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
              usesPassword && (
                <ButtonLink size="xs" variant="default" to="/set-password">
                  {user.has_password ? 'Change password' : 'Set a password'}
                </ButtonLink>
              )
            }
          >
            <Facts
              facts={[
                ['Name', user.name],
                ['E-mail', user.email],
                ['Tenant', tenant.name],
                ['Role', toWords(user.role)],
                ['Rights', rights.filter(Boolean).join(', ')],
                ['Password', passwordState(user.has_password, usesPassword)],
                ['Signed in by', signInMethods[sign_in.method]],
              ]}
            />
          </Panel>
          <SecondFactorPanel />
        </div>
        <div className={classes.column}>
          <PasskeysPanel />
          <SessionsPanel />
        </div>
      </div>
    </div>
  )
}
