import { Checkbox, Modal } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useTermsVersions } from '../../api/offers.ts'
import classes from './Buy.module.css'

type Props = { version: number | null; value: number | null; onChange: (version: number | null) => void }

/** The terms and conditions that are in force: acknowledged by a tick, their version goes with the order. R-BUY-1. */
export function TermsField({ version, value, onChange }: Props) {
  const [isOpen, dialog] = useDisclosure(false)
  const versions = useTermsVersions()
  if (version === null)
    return (
      <p className={classes.hint}>The vendor has not published terms and conditions yet: nothing can be ordered.</p>
    )
  const text = versions.data?.find(({ number }) => number === version)?.text
  return (
    <>
      <Checkbox
        checked={value === version}
        onChange={({ currentTarget }) => onChange(currentTarget.checked ? version : null)}
        label={
          <>
            I acknowledge{' '}
            <button type="button" className={classes.link} onClick={dialog.open}>
              terms and conditions, version {version}
            </button>
          </>
        }
      />
      <Modal
        opened={isOpen}
        onClose={dialog.close}
        title={`Terms and conditions, version ${version}`}
        size={640}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <div className={classes.terms}>{text}</div>
      </Modal>
    </>
  )
}
