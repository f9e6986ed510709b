import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test as base, expect } from '@playwright/test'
import { startPlaygroundServer } from '@playground/server'
import { SessionRecorder } from './session-recorder.ts'

const ROOT = join(import.meta.dirname, '../..')

export interface Site {
  /** The address of a page, with the token as npm start prints it. */
  address(path: string): string
  port: number
  /** Whether programs run in sandboxes: not where bubblewrap cannot. */
  isWalled: boolean
  close(): Promise<void>
}

/** Unless `env` says otherwise the programs are not walled, so that a test can look at the ports of the machine. */
export async function startSite(env: NodeJS.ProcessEnv = {}): Promise<Site> {
  const server = await startPlaygroundServer({
    port: 0,
    docs: join(ROOT, '.vitepress/dist'),
    env: { PLAY_RUNNER: 'plain', ...env },
  })
  const { origin, hash } = new URL(server.url)
  const isWalled = server.isolation.kind === 'sandbox'
  return {
    address: (path) => origin + path + hash,
    port: server.port,
    isWalled,
    close: () => server.close(),
  }
}

/** The text of a program as the project holds it. */
export function exampleSource(file: string): Promise<string> {
  return readFile(join(ROOT, 'docs/examples', file), 'utf8')
}

interface TestFixtures {
  /** What the test makes the browser itself complain of. */
  expectedComplaint: RegExp | undefined
  quietConsole: undefined
  recording: undefined
}

/** Every test fails if its page writes an error or a warning to the console, or throws. */
export const test = base.extend<TestFixtures, { site: Site }>({
  site: [
    async ({}, use) => {
      const site = await startSite()
      await use(site)
      await site.close()
    },
    { scope: 'worker' },
  ],
  expectedComplaint: [undefined, { option: true }],
  quietConsole: [
    async ({ page, expectedComplaint }, use) => {
      const complaints: string[] = []
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
      })
      page.on('pageerror', (error) => complaints.push(String(error.stack)))
      await use(undefined)
      expect(complaints.filter((complaint) => !expectedComplaint?.test(complaint))).toEqual([])
    },
    { auto: true },
  ],
  // With RECORD=1 a walkthrough saves what the static copy of the site plays.
  recording: [
    async ({ page }, use, { file }) => {
      const isRecorded = process.env['RECORD'] === '1' && file.includes('walkthrough')
      const recorder = isRecorded ? new SessionRecorder(page) : undefined
      await use(undefined)
      await recorder?.save()
    },
    { auto: true },
  ],
})

export { expect }
