import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useConfirmSecondFactor, useEnrolSecondFactor } from '../../api/account.ts'
import { fieldErrorsOf, findProblem } from '../../api/problem.ts'
import { ErrorPanel } from '../../ui/ErrorPanel.tsx'
import { Secret } from '../../ui/Secret.tsx'
import { QrCode } from './QrCode.tsx'
import { RecoveryCodes } from './RecoveryCodes.tsx'

/** Begin, scan, prove with a code, keep the recovery codes. */
export function SetUpSecondFactor({ onBegun, onDone }: { onBegun?: () => void; onDone: () => void }) {
  const enrol = useEnrolSecondFactor()
  const { confirm, refresh } = useConfirmSecondFactor()
  const form = useForm({ initialValues: { code: '' } })
  const onError = (error: unknown) => {
    const problem = findProblem(error)
    if (problem) form.setErrors(fieldErrorsOf(problem))
  }

  if (confirm.data) {
    return <RecoveryCodes codes={confirm.data.recovery_codes} onDone={() => void refresh().then(onDone)} />
  }
  if (!enrol.data) {
    return (
      <Stack gap={12}>
        {enrol.error && <ErrorPanel error={enrol.error} />}
        <p style={{ margin: 0 }}>An authenticator on your phone gives a new code each half minute.</p>
        <Group>
          <Button loading={enrol.isPending} onClick={() => enrol.mutate(undefined, { onSuccess: onBegun })}>
            Set up an authenticator
          </Button>
        </Group>
      </Stack>
    )
  }
  return (
    <form onSubmit={form.onSubmit(({ code }) => confirm.mutate(code.replaceAll(' ', ''), { onError }))} noValidate>
      <Stack gap={12}>
        <p style={{ margin: 0 }}>Scan this with your authenticator, then enter the code that it shows.</p>
        <QrCode text={enrol.data.otpauth_uri} label="QR code of the authenticator's secret" />
        <Secret label="Or type this secret" value={enrol.data.secret} />
        {confirm.error && <ErrorPanel error={confirm.error} />}
        <TextInput
          label="Code"
          inputMode="numeric"
          autoComplete="one-time-code"
          maw={200}
          {...form.getInputProps('code')}
        />
        <Group>
          <Button type="submit" loading={confirm.isPending}>
            Confirm
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
