import { Button, Group, Modal, Stack } from '@mantine/core'
import type { FormEventHandler, ReactNode } from 'react'
import { ErrorPanel } from './ErrorPanel.tsx'

type Props = {
  title: string
  action: string
  isOpen: boolean
  onClose: () => void
  onSubmit: FormEventHandler<HTMLFormElement>
  isSaving: boolean
  error: unknown
  /** Wider than a short form. */
  size?: number
  children: ReactNode
}

/** A short form in a dialog. */
export function FormDialog({ title, action, isOpen, onClose, onSubmit, isSaving, error, size, children }: Props) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={title}
      size={size ?? 'md'}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={onSubmit} noValidate>
        <Stack gap={12}>
          {Boolean(error) && <ErrorPanel error={error} />}
          {children}
          <Group gap={8} justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={isSaving}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
