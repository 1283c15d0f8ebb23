import type { ReadStream } from 'node:tty'

/** What a command has of the world: handed in, so that tests run commands without a process of their own. */
export type Terminal = {
  stdin: ReadStream | NodeJS.ReadableStream
  stdout: NodeJS.WritableStream
  stderr: NodeJS.WritableStream
  env: Readonly<Record<string, string | undefined>>
  cwd: string
}

export const say = (terminal: Terminal, line: string) => {
  terminal.stdout.write(`${line}\n`)
}

/** For remarks that must not end up in a file or in another program's input. */
export const remark = (terminal: Terminal, line: string) => {
  terminal.stderr.write(`${line}\n`)
}

/** A server's text as one printable line: it must not write control characters to a terminal. */
export const printable = (text: string) => text.replace(/[\p{Cc}\s]+/gu, ' ').trim()
