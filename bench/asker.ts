import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Asked } from './client.ts'

export type Asker = { ask(asked: readonly Asked[]): Promise<number[]>; close(): void }
type Answer = { id: number; times?: number[]; error?: string }

/** Starts the client's process. `ask` answers the milliseconds of each request, and throws where one has another status than it should. */
export function startAsker(): Asker {
  const child = fork(fileURLToPath(new URL('client.ts', import.meta.url)), [], { execArgv: [] })
  const waiting = new Map<number, (answer: Answer) => void>()
  let last = 0
  child.on('message', (answer: Answer) => {
    waiting.get(answer.id)?.(answer)
    waiting.delete(answer.id)
  })
  child.on('exit', () => {
    for (const [id, settle] of waiting) settle({ id, error: 'the client has ended' })
  })
  return {
    ask: (asked) =>
      new Promise((resolve, reject) => {
        last += 1
        waiting.set(last, ({ times, error }) => (times ? resolve(times) : reject(new Error(error))))
        child.send({ id: last, asked })
      }),
    close: () => child.disconnect(),
  }
}
