import { Button, Group, Modal } from '@mantine/core'
import type { FormEventHandler, ReactNode } from 'react'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import classes from './TenantPage.module.css'

type Props = {
  title: string
  isOpen: boolean
  onClose: () => void
  onSubmit: FormEventHandler<HTMLFormElement>
  isSaving: boolean
  error: unknown
  isStale: boolean
  onReload: () => void
  children: ReactNode
}

/** A form in a dialog that can meet a newer version of what it edits. */
export function EditDialog(props: Props) {
  const { title, isOpen, onClose, onSubmit, isSaving, error, isStale, onReload, children } = props
  return (
    <Modal opened={isOpen} onClose={onClose} title={title} size={680} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={onSubmit} className={classes.stack} noValidate>
        {Boolean(error) && <ErrorPanel error={error} />}
        {children}
        <Group gap={8} justify="flex-end" mt={6}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          {isStale ? (
            <Button onClick={onReload}>Load the current version</Button>
          ) : (
            <Button type="submit" loading={isSaving}>
              Save
            </Button>
          )}
        </Group>
      </form>
    </Modal>
  )
}
