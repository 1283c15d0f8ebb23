import { Button, Drawer, Tabs } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMail, useResendMail } from '../../api/mails.ts'
import { useMay } from '../../api/may.ts'
import type { Mail, MailRow } from '../../api/types.ts'
import { formatMoment } from '../../format/date.ts'
import { toWords } from '../../format/word.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Facts } from '../../ui/Facts.tsx'
import { MailFrame } from '../../ui/MailFrame.tsx'
import { State } from '../../ui/State.tsx'
import classes from './Mails.module.css'

type Props = { mail: MailRow | null; onClose: () => void }

export const MailDrawer = ({ mail, onClose }: Props) => (
  <Drawer
    opened={mail !== null}
    onClose={onClose}
    position="right"
    size={620}
    shadow="none"
    title={mail ? (mail.subject ?? toWords(mail.template)) : ''}
    closeButtonProps={{ 'aria-label': 'Close' }}
  >
    {mail && <MailFacts key={mail.id} row={mail} />}
  </Drawer>
)

/** Shows the row at once, and what the server says of it now as soon as it has answered. */
function MailFacts({ row }: { row: MailRow }) {
  const current = useMail(row.id)
  const mail = current.data ?? row
  return (
    <div className={classes.mail}>
      {current.error && <ErrorPanel error={current.error} onRetry={() => void current.refetch()} />}
      <Facts
        facts={[
          ['State', <State key="state" state={mail.state} />],
          ['To', mail.recipient ?? 'Erased after 30 days'],
          ['Tenant', mail.tenant_name],
          ['Template', toWords(mail.template)],
          ['Queued', formatMoment(mail.created_at)],
          ['Sent', mail.sent_at && formatMoment(mail.sent_at)],
          ['Attempts', mail.attempts],
          ['Next attempt', mail.due_at && formatMoment(mail.due_at)],
          ['Last error', mail.last_error],
        ]}
      />
      {mail.state === 'failed' && <Resend mail={mail} />}
      {current.data && <Content mail={current.data} />}
    </div>
  )
}

function Resend({ mail }: { mail: MailRow }) {
  const may = useMay('mails.resend')
  const resend = useResendMail()
  if (!may) return null
  return (
    <div>
      {resend.error && <ErrorPanel error={resend.error} />}
      <Button
        mt={8}
        loading={resend.isPending}
        onClick={() =>
          resend.mutate(mail.id, { onSuccess: () => notifications.show({ message: 'The mail is queued again.' }) })
        }
      >
        Send again
      </Button>
    </div>
  )
}

/** In demo and test mode without a mail server: what the mail says, as it would have been sent. */
function Content({ mail }: { mail: Mail }) {
  if (mail.html === null) return null
  return (
    <Tabs defaultValue="html" keepMounted={false}>
      <Tabs.List mb={10}>
        <Tabs.Tab value="html">HTML</Tabs.Tab>
        <Tabs.Tab value="text">Text</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="html">
        <MailFrame title={`Mail: ${mail.subject}`} html={mail.html} />
      </Tabs.Panel>
      <Tabs.Panel value="text">
        <pre className={classes.text}>{mail.text}</pre>
      </Tabs.Panel>
    </Tabs>
  )
}
