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
    // Tests start servers and wait for them on machines of two cores.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
