// `npm start`: sets up what is missing, then runs the server. Words after it go to the server: npm start -- --empty
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { join } from 'node:path'
import { prepare, root } from './prepare.mjs'

const node = await prepare()
const server = spawn(node, [join(root, 'server', 'src', 'main.ts'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
})

let passedOn = false
// Ctrl-C in a terminal reaches the server by itself; a second signal on top would be taken for impatience.
process.on('SIGINT', () => passOn('SIGINT', !process.stdin.isTTY))
process.on('SIGTERM', () => passOn('SIGTERM', true))
process.on('SIGHUP', () => passOn('SIGTERM', true))

// npm passes a signal on to its shell, which dies of it without a word to us: then nobody is left to stop the server.
const parent = process.ppid
if (process.env.npm_lifecycle_event) {
  setInterval(() => process.ppid !== parent && passOn('SIGTERM', true), 500).unref()
}

function passOn(signal, isNeeded) {
  if (isNeeded && !passedOn) server.kill(signal)
  passedOn = true
}

server.on('error', (error) => {
  console.error(`The server could not be started (${error.message}). Run npm ci, then start again`)
  process.exit(1)
})
server.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal ?? 'SIGTERM'] ?? 15)))
