import { afterEach, expect, it } from 'vitest'
import { openWorkerQueue, type WorkerQueue } from './worker-queue.ts'

/** A real worker thread that answers with its thread's number, or comes to the end that the job names. */
const source = `
  import { parentPort, threadId } from 'node:worker_threads'
  const ends = {
    throw() { throw new Error('broken') },
    exit() { process.exit(3) },
    refuse(id) { parentPort.postMessage({ id, message: 'refused' }) },
    answer(id) { parentPort.postMessage({ id, bytes: new Uint8Array([threadId]) }) },
  }
  parentPort.on('message', ({ id, input }) => ends[input](id))
`
const worker = new URL(`data:text/javascript,${encodeURIComponent(source)}`)

let queue: WorkerQueue
afterEach(() => queue.close())

it.each([
  ['throw', 'code 1'],
  ['exit', 'code 3'],
])('a worker that ends by %s costs only the job that ran', async (end, message) => {
  queue = openWorkerQueue(worker)
  const [first, crashed, waiting, last] = await Promise.allSettled(
    ['answer', end, 'answer', 'answer'].map((input) => queue.run(input)),
  )
  expect(first).toMatchObject({ status: 'fulfilled' })
  expect(crashed).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining(message) } })
  expect(waiting).toMatchObject({ status: 'fulfilled' })
  expect(waiting).toEqual(last)
  expect(waiting).not.toEqual(first)
})

it('a job that fails keeps its worker', async () => {
  queue = openWorkerQueue(worker)
  const before = await queue.run('answer')
  await expect(queue.run('refuse')).rejects.toThrow('refused')
  expect(await queue.run('answer')).toEqual(before)
})

it('a crash while idle is recovered by the next job', async () => {
  queue = openWorkerQueue(worker)
  await expect(queue.run('exit')).rejects.toThrow('code 3')
  expect(await queue.run('answer')).toHaveLength(1)
})

it('closing rejects what waits and what comes after', async () => {
  queue = openWorkerQueue(worker)
  const waiting = Promise.allSettled([queue.run('answer'), queue.run('answer')])
  await queue.close()
  await queue.close()
  expect((await waiting).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  await expect(queue.run('answer')).rejects.toThrow('closed')
})
