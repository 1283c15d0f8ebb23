import { Button, CopyButton } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import classes from './Secret.module.css'

/** Text to be copied as it is: a command, a link, a token. */
export function Secret({ label, value }: { label: string; value: string }) {
  return (
    <div className={classes.secret}>
      <div className={classes.label}>{label}</div>
      <div className={classes.row}>
        <code className={classes.value}>{value}</code>
        <CopyButton value={value} timeout={2000}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              size="xs"
              onClick={copy}
              leftSection={copied ? <IconCheck aria-hidden size={14} /> : <IconCopy aria-hidden size={14} />}
              aria-label={`Copy ${label.toLowerCase()}`}
            >
              <span aria-live="polite">{copied ? 'Copied' : 'Copy'}</span>
            </Button>
          )}
        </CopyButton>
      </div>
    </div>
  )
}
