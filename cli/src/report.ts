import { ConnectionError, ProblemError } from '@tenantree/sdk'
import { advice } from './advice.ts'
import { CommandError } from './command-error.ts'
import { printable } from './terminal.ts'

const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`)

const fieldsOf = (error: ProblemError) =>
  error.errors.map((field) => `${field.pointer.replace(/^\//, '')} ${field.detail}`).join('; ')

function problemLine(error: ProblemError) {
  const why = [error.title, error.detail, fieldsOf(error)].filter(Boolean).join(': ')
  const id = error.status >= 500 ? ` Request id ${error.requestId}.` : ''
  return [`${why} (${error.code})`, advice[error.code]].filter(Boolean).join('. ') + id
}

/** A failure as one line: what is wrong, then what to do. Never a stack trace. */
export function toLine(error: unknown): string {
  if (error instanceof ProblemError) return printable(`tenantree: ${problemLine(error)}`)
  if (error instanceof ConnectionError) {
    return printable(`tenantree: ${sentence(error.message)} Check --server; tenantree doctor looks for the cause.`)
  }
  if (error instanceof CommandError) return printable(`tenantree: ${error.message}`)
  return printable(`tenantree: unexpected failure: ${error instanceof Error ? error.message : String(error)}`)
}
