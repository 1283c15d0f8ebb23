import type { UseFormReturnType } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { fieldErrorsOf, findProblem } from '../api/problem.ts'

type Command = { reset: () => void }

/** Opens a form empty and without the errors of the last time; shows refusals beside their fields. */
export function useFormDialog<Values>(form: UseFormReturnType<Values>, command: Command) {
  const [isOpen, dialog] = useDisclosure(false)
  const open = () => {
    form.reset()
    command.reset()
    dialog.open()
  }
  const onError = (error: unknown) => {
    const problem = findProblem(error)
    if (problem) form.setErrors(fieldErrorsOf(problem))
  }
  return { isOpen, open, close: dialog.close, onError }
}
