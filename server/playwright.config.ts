import { defineConfig } from '@playwright/test'
import { findBrowser } from './test/browser/find-browser.ts'

const browser = await findBrowser()

/** The browser tests: the console as the server serves it, on a server of their own. */
export default defineConfig({
  testDir: 'test/browser',
  testMatch: '*.spec.ts',
  timeout: 240_000,
  expect: { timeout: 20_000 },
  // Each spec file has a server and a database of its own.
  workers: 2,
  outputDir: '../test-results',
  use: {
    launchOptions: browser,
    viewport: { width: 1440, height: 900 },
    actionTimeout: 20_000,
    reducedMotion: 'reduce',
    screenshot: 'only-on-failure',
    trace: 'off',
  },
})
