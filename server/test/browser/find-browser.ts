import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from '@playwright/test'
import { messageOf, StartFailure } from '../../src/platform/start-failure.ts'
import { unpackBrowser } from './packed-browser.ts'

/** What Playwright's `launchOptions` take. */
export type Browser = { executablePath: string; args: string[]; env: Record<string, string> }

const args = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Root has no sandbox, and neither do most containers; only pages of our own are opened.
  '--no-sandbox',
]

const systemNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const systemPaths = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

const advice =
  'Install Chromium or Google Chrome, or set CHROMIUM_PATH to one (on Debian and Ubuntu: apt-get install chromium), then run npm test again'

/**
 * The Chromium that the browser tests use: CHROMIUM_PATH, Playwright's own, the system's, then the one that comes packed in an
 * npm package. Nothing is downloaded. Throws StartFailure.
 */
export async function findBrowser(env: NodeJS.ProcessEnv = process.env): Promise<Browser> {
  const named = env.CHROMIUM_PATH
  if (named && !isProgram(named)) {
    throw new StartFailure(`CHROMIUM_PATH (${named}) is not a program that can be run`, 'Correct it, or leave it out')
  }
  const installed = named || findInstalled(env)
  if (installed) return { executablePath: installed, args, env: toPlainEnv(env) }
  try {
    const packed = await unpackBrowser()
    return { executablePath: packed.executablePath, args, env: { ...toPlainEnv(env), ...packed.env } }
  } catch (error) {
    throw new StartFailure(`No browser was found for the tests (${messageOf(error)})`, advice, { cause: error })
  }
}

/** Starts the browser and lets it show a text: one that is there but lacks a library is found here. Throws StartFailure. */
export async function checkBrowser(browser: Browser): Promise<void> {
  try {
    const running = await chromium.launch({ ...browser, timeout: 30_000 })
    try {
      const page = await running.newPage()
      await page.setContent('<span style="font: 20px sans-serif">Text has a width</span>')
      const width = (await page.locator('span').boundingBox())?.width ?? 0
      if (width < 50) throw new Error('it shows no text: no font was found')
    } finally {
      await running.close()
    }
  } catch (error) {
    throw new StartFailure(`The browser ${browser.executablePath} does not start (${reasonOf(error)})`, advice, {
      cause: error,
    })
  }
}

/** What the browser itself said is far below the first line of Playwright's message. */
function reasonOf(error: unknown): string {
  const lines = messageOf(error).split('\n')
  return (lines.find((line) => /error while loading|FATAL|ERROR:|ENOENT|EACCES/.test(line)) ?? lines[0] ?? '').trim()
}

function findInstalled(env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean)
  const inPath = systemNames.flatMap((name) => folders.map((folder) => join(folder, name)))
  return [chromium.executablePath(), ...inPath, ...systemPaths].find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const toPlainEnv = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined))

if (import.meta.main) {
  try {
    const browser = await findBrowser()
    await checkBrowser(browser)
    console.log(`The browser tests use ${browser.executablePath}`)
  } catch (error) {
    if (!(error instanceof StartFailure)) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}
