import { Button, Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useAddFilePolicy } from '../../../api/file-policies.ts'
import type { FilePolicy } from '../../../api/types.ts'
import { FormDialog } from '../../../ui/FormDialog.tsx'
import { useFormDialog } from '../../../ui/use-form-dialog.ts'

const directions = [
  { value: 'upload', label: 'Upload' },
  { value: 'download', label: 'Download' },
]
const actions = [
  { value: 'block', label: 'Block' },
  { value: 'allow', label: 'Allow' },
  { value: 'sandbox', label: 'Sandbox' },
]
type Values = {
  direction: FilePolicy['direction']
  web_sites: string
  mime_types: string
  action: FilePolicy['action']
}
const toList = (text: string) => text.split(/[\s,]+/).filter(Boolean)

export function AddFilePolicy({ tenantId }: { tenantId: string }) {
  const add = useAddFilePolicy(tenantId)
  const form = useForm<Values>({
    initialValues: { direction: 'upload', web_sites: '*', mime_types: '*/*', action: 'block' },
  })
  const dialog = useFormDialog(form, add)
  const submit = form.onSubmit((values) =>
    add.mutate(
      { ...values, web_sites: toList(values.web_sites), mime_types: toList(values.mime_types) },
      { onSuccess: dialog.close, onError: dialog.onError },
    ),
  )
  return (
    <>
      <Button variant="default" onClick={dialog.open}>
        Add
      </Button>
      <FormDialog
        title="Add a file policy"
        action="Add"
        isOpen={dialog.isOpen}
        onClose={dialog.close}
        onSubmit={submit}
        isSaving={add.isPending}
        error={add.error}
      >
        <Select label="Direction" data={directions} allowDeselect={false} {...form.getInputProps('direction')} />
        <TextInput
          label="Web sites"
          description="Hosts, with commas between: example.com, *.example.com, or * for all"
          {...form.getInputProps('web_sites')}
        />
        <TextInput
          label="Types"
          description="MIME types, with commas between: application/pdf, image/*, or */* for all"
          {...form.getInputProps('mime_types')}
        />
        <Select label="Action" data={actions} allowDeselect={false} {...form.getInputProps('action')} />
      </FormDialog>
    </>
  )
}
