// `npm run bench NAME`: sets up what is missing, then runs the benchmark bench/NAME. Words after `--` go to it: npm run bench tree -- --quick
import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { giveUp, prepare, root } from './prepare.mjs'

const folder = join(root, 'bench')
const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'main.ts')))
const [name, ...words] = process.argv.slice(2)
if (!names.includes(name))
  giveUp(name ? `There is no benchmark ${name}` : 'A benchmark is needed', `One of: ${names.join(', ')}`)

const node = await prepare()
const child = spawn(node, [join(folder, name, 'main.ts'), ...words], { cwd: root, stdio: 'inherit' })
// Ctrl-C in a terminal reaches the benchmark by itself; it removes its database and ends.
process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'))
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('error', (error) =>
  giveUp(`The benchmark could not be started (${error.message})`, 'Run npm ci, then try again'),
)
child.on('exit', (code) => process.exit(code ?? 1))
