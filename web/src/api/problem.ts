import { ProblemError } from '@tenantree/sdk'
import type { ProblemCode } from './types.ts'

/** What the server refused, or null for a lost connection or a bug. */
export const findProblem = (error: unknown): ProblemError | null => (error instanceof ProblemError ? error : null)

export const isProblem = (error: unknown, code: ProblemCode) => findProblem(error)?.code === code

/** Whether an answer says that the session is none, or none any more. */
export const isSignedOut = (error: unknown) =>
  isProblem(error, 'unauthenticated') || isProblem(error, 'single_sign_on_required')

/** JSON pointers become paths of the form: "/company/legal_name" is the field "company.legal_name". */
export const fieldOf = (pointer: string) =>
  pointer
    .replace(/^[#/]+/, '')
    .replaceAll('/', '.')
    .replaceAll('~1', '/')
    .replaceAll('~0', '~')

/** The errors of a problem by the field they stand beside. */
export const fieldErrorsOf = (problem: Pick<ProblemError, 'errors'>): Record<string, string> =>
  Object.fromEntries(problem.errors.map((error) => [fieldOf(error.pointer), error.detail]))
