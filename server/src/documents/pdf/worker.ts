import { readFileSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import { NodeCompiler, type NodeTypstDocument } from '@myriaddreamin/typst-ts-node-compiler'
import type { Answer, Job } from './worker-queue.ts'

const readBeside = (path: string) => readFileSync(new URL(path, import.meta.url))
const template = readBeside('invoice.typ').toString()
const compiler = NodeCompiler.create({
  fontArgs: [{ fontBlobs: [readBeside('../fonts/Inter-Regular.ttf'), readBeside('../fonts/Inter-SemiBold.ttf')] }],
})

/** Compiled parts live for the next job: keeping none costs more CPU in a batch, keeping ten 40 MB more memory. */
const cacheJobs = 1

function renderPdf(invoice: string) {
  const compiled = compiler.compile({ mainFileContent: template, inputs: { invoice } })
  if (compiled.result === null)
    throw new Error(`Typst: ${JSON.stringify(compiled.takeDiagnostics()?.shortDiagnostics)}`)
  const pdf = exportPdf(compiled.result)
  compiler.evictCache(cacheJobs)
  return pdf
}

/** PDF/A-3b refuses a letter that no font on this machine has. Such a document is plain tagged PDF, with a box there. */
function exportPdf(document: NodeTypstDocument) {
  try {
    return compiler.pdf(document, { pdfStandard: 'a-3b' })
  } catch {
    return compiler.pdf(document, {})
  }
}

function answer(job: Job): Answer {
  try {
    return { id: job.id, bytes: new Uint8Array(renderPdf(job.input)) }
  } catch (error) {
    return { id: job.id, message: error instanceof Error ? error.message : String(error) }
  }
}

parentPort?.on('message', (job: Job) => {
  const result = answer(job)
  parentPort?.postMessage(result, 'bytes' in result ? [result.bytes.buffer] : [])
})
