import { Select } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useMails } from '../../api/mails.ts'
import { useInstance } from '../../api/session.ts'
import type { Instance, MailRow } from '../../api/types.ts'
import { formatNumberOf } from '../../format/money.ts'
import { toWords } from '../../format/word.ts'
import { Grid } from '../../grid/Grid.tsx'
import { toMailSearch } from '../../search.ts'
import { TenantScreen } from '../../shell/TenantScreen.tsx'
import { useContextTenantId } from '../../shell/use-context-tenant.ts'
import { Empty } from '../../ui/Empty.tsx'
import { ListCount } from '../../ui/ListCount.tsx'
import { MailDrawer } from './MailDrawer.tsx'
import classes from './Mails.module.css'
import { mailColumns } from './mail-columns.tsx'

const states = ['queued', 'sent', 'failed'] as const
const stateChoices = states.map((value) => ({ value, label: toWords(value) }))

const notices: Record<Instance['mail_delivery'], string | null> = {
  smtp: null,
  mailbox: 'No mail server is set: mails are kept here to be looked at, and reach nobody.',
  none: 'No mail server is set: mails wait here. Whoever runs this installation has to set SMTP_URL.',
}

export function MailsPage() {
  const tenantId = useContextTenantId()
  const { state } = useSearch({ from: '/signed-in/shell/t/$tenantId/mails' })
  const navigate = useNavigate({ from: '/t/$tenantId/mails' })
  const mails = useMails({ tenant_id: tenantId, state })
  const { mail_delivery } = useInstance()
  const [opened, setOpened] = useState<MailRow | null>(null)
  const notice = notices[mail_delivery]
  return (
    <TenantScreen title={mail_delivery === 'mailbox' ? 'Mailbox' : 'Mails'} fills>
      {notice && <p className={classes.notice}>{notice}</p>}
      <Grid
        label="Mails"
        columns={mailColumns}
        pages={mails}
        rowKey={(mail) => mail.id}
        onOpen={setOpened}
        canPickColumns
        views={{
          grid: 'mails',
          filters: { state },
          onApply: (filters) => void navigate({ search: toMailSearch(filters), replace: true }),
        }}
        toolbar={
          <>
            <Select
              aria-label="State"
              placeholder="Any state"
              clearable
              w={150}
              data={stateChoices}
              value={state ?? null}
              onChange={(value) => void navigate({ search: { state: states.find((known) => known === value) } })}
            />
            <ListCount pages={mails} format={(count) => formatNumberOf(count, 'mail')} />
          </>
        }
        empty={
          <Empty>
            {state
              ? `No mail is in the state "${toWords(state)}" here.`
              : 'No mail was sent here yet. Inviting a user sends one.'}
          </Empty>
        }
      />
      <MailDrawer mail={opened} onClose={() => setOpened(null)} />
    </TenantScreen>
  )
}
