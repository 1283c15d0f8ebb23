import { useEndTrial } from '../../api/trials.ts'
import type { Trial } from '../../api/types.ts'
import { FormDialog } from '../../ui/FormDialog.tsx'
import { actionNames } from './describe.ts'

const notes: Record<Trial['kind'], (trial: Trial) => string> = {
  customer: ({ name }) =>
    `${name} goes into production now. Today is charged already; nothing takes it back into trial.`,
  subscription: ({ tenant_name }) =>
    `The subscription of ${tenant_name} becomes active now. Today is charged already; it does not go back into trial.`,
  device: ({ name }) =>
    `${name} is paid from today on: what is billed after use by its signals, what is sold by term by a free license of the pool.`,
  license: () => '',
}

/** Asked before, since it cannot be taken back. */
export function EndTrialDialog({ trial, onClose }: { trial: Trial; onClose: () => void }) {
  const end = useEndTrial()
  const action = actionNames[trial.kind] ?? 'End the trial'
  return (
    <FormDialog
      title={`${action}: ${trial.name}`}
      action={action}
      isOpen
      onClose={onClose}
      onSubmit={(event) => {
        event.preventDefault()
        end.mutate(trial, { onSuccess: onClose })
      }}
      isSaving={end.isPending}
      error={end.error}
    >
      {notes[trial.kind](trial)}
    </FormDialog>
  )
}
