import { Button, ColorInput, Group, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDebouncedValue } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useSetBranding } from '../../api/mails.ts'
import { fieldErrorsOf, findProblem } from '../../api/problem.ts'
import type { Branding } from '../../api/types.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { type BrandingValues, isColor, toSetBranding, toValues } from './branding-form.ts'
import { LogoField } from './LogoField.tsx'
import { MailPreview } from './MailPreview.tsx'
import classes from './Settings.module.css'
import { TopBarPreview } from './TopBarPreview.tsx'

const typingPauseMs = 400

/** The form on the left, and on the right what buyers would see of it. */
export function BrandingForm({ tenantId, branding }: { tenantId: string; branding: Branding }) {
  const set = useSetBranding(tenantId)
  const form = useForm<BrandingValues>({
    initialValues: toValues(branding),
    validate: {
      name: (text) => (text.trim() ? null : 'Required'),
      color: (text) => (isColor(text) ? null : 'A color such as #0b7285'),
    },
  })
  const [typed] = useDebouncedValue(form.values, typingPauseMs)
  const isComplete = typed.name.trim() !== '' && isColor(typed.color)
  const draft = toSetBranding(isComplete ? typed : toValues(branding))
  const save = form.onSubmit((values) =>
    set.mutate(
      { version: branding.version, branding: toSetBranding(values) },
      {
        onSuccess: () => notifications.show({ message: 'Saved.' }),
        onError: (error) => {
          const problem = findProblem(error)
          if (problem) form.setErrors(fieldErrorsOf(problem))
        },
      },
    ),
  )
  return (
    <div className={classes.columns}>
      <Panel title="Branding" note={branding.is_set ? undefined : 'Not set yet: buyers see only your name'}>
        <form onSubmit={save} noValidate>
          <Stack gap={12}>
            {set.error && <ErrorPanel error={set.error} />}
            <TextInput
              label="Name"
              description="In the console, in mails and on invoices"
              {...form.getInputProps('name')}
            />
            <ColorInput
              label="Color"
              description="Dark enough for white text on it"
              format="hex"
              eyeDropperButtonProps={{ 'aria-label': 'Pick a color from the screen' }}
              {...form.getInputProps('color')}
            />
            <LogoField
              logo={form.values.logo}
              error={form.errors.logo}
              onChange={(logo) => form.setFieldValue('logo', logo)}
              onFault={(fault) => form.setFieldError('logo', fault)}
            />
            <TextInput
              label="Sender name"
              description="Who mails say that they are from; the name, if empty"
              {...form.getInputProps('sender_name')}
            />
            <Group justify="flex-end">
              <Button type="submit" loading={set.isPending}>
                Save
              </Button>
            </Group>
          </Stack>
        </form>
      </Panel>
      <div className={classes.previews}>
        <TopBarPreview branding={draft} />
        <MailPreview branding={draft} />
      </div>
    </div>
  )
}
