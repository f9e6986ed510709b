import { existsSync } from 'node:fs'
import { defineConfig } from '@playwright/test'

/** Where Debian's package puts it; elsewhere CHROMIUM_PATH says, or Playwright has its own. */
const SYSTEM_CHROMIUM = '/usr/bin/chromium'

const executablePath =
  process.env['CHROMIUM_PATH'] ?? (existsSync(SYSTEM_CHROMIUM) ? SYSTEM_CHROMIUM : undefined)

/** These look at pages, and run nothing in them. */
const WITHOUT_PROGRAMS = /[\\/](pages|reference|search)\.spec\.ts$/

export default defineConfig({
  testDir: 'tests/e2e',
  workers: 2,
  projects: [
    // The programs of the docs listen on port 9999, which one test at a time can have.
    { name: 'programs', testIgnore: WITHOUT_PROGRAMS, workers: 1 },
    { name: 'pages', testMatch: WITHOUT_PROGRAMS, workers: 1 },
  ],
  // A busy machine may be late once; what fails twice is broken, and a second attempt is told in the end.
  retries: 1,
  forbidOnly: process.env['CI'] !== undefined,
  use: {
    viewport: { width: 1440, height: 900 },
    trace: 'retain-on-failure',
    launchOptions: {
      ...(executablePath !== undefined && { executablePath }),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
})
