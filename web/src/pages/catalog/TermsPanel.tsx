import { Button, Modal, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { useMay } from '../../api/may.ts'
import { useCreateTermsVersion, useTermsVersions } from '../../api/offers.ts'
import { useInstance } from '../../api/session.ts'
import type { TermsVersion } from '../../api/types.ts'
import { formatDay } from '../../format/date.ts'
import { Empty } from '../../ui/Empty.tsx'
import { FormDialog } from '../../ui/FormDialog.tsx'
import { LinkText } from '../../ui/LinkText.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Queried } from '../../ui/Queried.tsx'
import { SimpleTable } from '../../ui/SimpleTable.tsx'
import { useFormDialog } from '../../ui/use-form-dialog.ts'
import classes from './TermsPanel.module.css'

/** What an order acknowledges: each version stays as it was written. R-BUY-1. */
export function TermsPanel() {
  const may = useMay('offers.create')
  const today = useInstance().now.slice(0, 10)
  const versions = useTermsVersions()
  const [open, setOpen] = useState<TermsVersion | null>(null)
  const current = versions.data?.find(({ valid_from }) => valid_from <= today)?.number
  const columns = [
    {
      key: 'version',
      name: 'Version',
      cell: (version: TermsVersion) => (
        <button type="button" className={classes.open} onClick={() => setOpen(version)}>
          <LinkText>Version {version.number}</LinkText>
        </button>
      ),
    },
    { key: 'from', name: 'From', cell: ({ valid_from }: TermsVersion) => formatDay(valid_from) },
    { key: 'state', name: 'State', cell: (version: TermsVersion) => stateOf(version, today, current) },
  ]
  return (
    <Panel title="Terms and conditions" actions={may && <PublishTerms today={today} />}>
      <Queried query={versions}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty>No terms and conditions are published yet. Offers that ask for them cannot be ordered before.</Empty>
          ) : (
            <SimpleTable
              label="Terms and conditions"
              columns={columns}
              rows={rows}
              rowKey={({ number }) => String(number)}
            />
          )
        }
      </Queried>
      <Modal
        opened={open !== null}
        onClose={() => setOpen(null)}
        size="lg"
        title={open ? `Terms and conditions, version ${open.number}` : undefined}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <div className={classes.text}>{open?.text}</div>
      </Modal>
    </Panel>
  )
}

function stateOf(version: TermsVersion, today: string, current: number | undefined): string {
  if (version.number === current) return 'In force'
  return version.valid_from > today ? 'Planned' : 'Replaced'
}

function PublishTerms({ today }: { today: string }) {
  const publish = useCreateTermsVersion()
  const form = useForm({
    initialValues: { text: '', valid_from: today },
    validate: { text: (text) => (text.trim() ? null : 'Required') },
  })
  const dialog = useFormDialog(form, publish)
  const save = form.onSubmit((values) => publish.mutate(values, { onSuccess: dialog.close, onError: dialog.onError }))
  return (
    <>
      <Button size="xs" variant="default" onClick={dialog.open}>
        Publish a version
      </Button>
      <FormDialog
        title="Publish terms and conditions"
        action="Publish"
        isOpen={dialog.isOpen}
        onClose={dialog.close}
        onSubmit={save}
        isSaving={publish.isPending}
        error={publish.error}
      >
        <Textarea label="Text" autosize minRows={8} maxRows={16} {...form.getInputProps('text')} />
        <TextInput
          type="date"
          label="From"
          description="A version is never changed afterwards"
          min={today}
          {...form.getInputProps('valid_from')}
        />
      </FormDialog>
    </>
  )
}
