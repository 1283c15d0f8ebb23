import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Unit, database and scenario tests of every workspace; the browser's are Playwright's (server/playwright.config.ts). */
export default defineConfig({
  root,
  test: {
    include: [
      '{contract,sdk,cli,agent}/{src,test}/**/*.test.ts',
      'server/{src,test}/**/*.test.ts',
      'web/src/**/*.test.{ts,tsx}',
    ],
    globalSetup: ['server/test/global-setup.ts'],
    // Left to itself Vitest keeps one of two cores free, though most of a test is waiting for PostgreSQL.
    maxWorkers: 2,
    // The server is read once a worker, not once a file: each file opens a world of its own anyway.
    isolate: false,
    // Tests start servers and wait for them on machines of two cores.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
