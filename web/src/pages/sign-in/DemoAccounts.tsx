import { UnstyledButton } from '@mantine/core'
import { useDemoUsers } from '../../api/session.ts'
import { levelNames, toWords } from '../../format/word.ts'
import { Panel } from '../../ui/Panel.tsx'
import { TextSkeleton } from '../../ui/TextSkeleton.tsx'
import classes from './EntryFrame.module.css'

/** The password of all demo accounts; the documentation names it, too. */
const demoPassword = 'tenantree-demo-2026'

type Props = { isBusy: boolean; onPick: (input: { email: string; password: string }) => void }

export function DemoAccounts({ isBusy, onPick }: Props) {
  const accounts = useDemoUsers(true)
  if (accounts.data?.length === 0) return null
  return (
    <Panel title="Demo accounts" note="One click signs in">
      {accounts.isPending && <TextSkeleton lines={4} height={54} />}
      <ul className={classes.accounts}>
        {accounts.data?.map((account) => (
          <li key={account.email}>
            <UnstyledButton
              fz="sm"
              className={classes.account}
              disabled={isBusy}
              onClick={() => onPick({ email: account.email, password: demoPassword })}
            >
              <span>{account.name}</span>
              <small>
                {toWords(account.role)} at {account.tenant_name}
              </small>
              <small className={classes.level}>{levelNames[account.level]}</small>
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
