import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { CommandError } from './command-error.ts'
import type { Terminal } from './terminal.ts'

const isInteractive = ({ stdin }: Terminal) => 'isTTY' in stdin && stdin.isTTY === true

type Prompt = { question: string; echo: NodeJS.WritableStream }

const firstLine = (terminal: Terminal, prompt: Prompt | null) =>
  new Promise<string | null>((resolve, reject) => {
    const reader = createInterface({ input: terminal.stdin, ...(prompt && { output: prompt.echo, terminal: true }) })
    reader.once('SIGINT', () => {
      reject(new CommandError('stopped; nothing was changed'))
      reader.close()
    })
    reader.once('line', (line) => {
      resolve(line)
      reader.close()
    })
    reader.once('close', () => resolve(null))
    // After the reader, which stops the terminal from showing what is typed: an answer may come at once.
    if (prompt) terminal.stderr.write(prompt.question)
  })

async function ask(terminal: Terminal, prompt: Prompt) {
  const line = await firstLine(terminal, prompt)
  if (line === null) throw new CommandError('the input ended; nothing was changed')
  return line
}

/** The e-mail address, asked for where someone can answer. */
export function askEmail(terminal: Terminal): Promise<string> {
  if (!isInteractive(terminal)) throw new CommandError('give the e-mail address with --email')
  return ask(terminal, { question: 'E-mail: ', echo: terminal.stderr })
}

/** The password, typed without being shown. */
export async function askPassword(terminal: Terminal): Promise<string> {
  if (!isInteractive(terminal)) throw new CommandError('give the password on standard input with --password-stdin')
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  try {
    return await ask(terminal, { question: 'Password: ', echo: nowhere })
  } finally {
    terminal.stderr.write('\n')
  }
}

/** The code of the second factor: it works once, so it may be seen. */
export function askCode(terminal: Terminal): Promise<string> {
  if (!isInteractive(terminal)) throw new CommandError('give the code of your second factor with --code')
  return ask(terminal, { question: 'Code: ', echo: terminal.stderr })
}

export async function readPassword(terminal: Terminal): Promise<string> {
  const line = await firstLine(terminal, null)
  if (!line) throw new CommandError('--password-stdin found no password on standard input')
  return line
}

export async function readKey(terminal: Terminal): Promise<string> {
  const line = (await firstLine(terminal, null))?.trim()
  if (!line?.startsWith('ttk_'))
    throw new CommandError('--key-stdin found no API key on standard input: it begins with ttk_')
  return line
}
