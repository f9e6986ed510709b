import { expect, onTestFinished, test } from 'vitest'
import { Page } from '../playground/page.ts'
import { buildDocs } from '../playground/support.ts'
import { freePort, Instance } from './instance.ts'

const ORIGIN = 'http://localhost'
const TOKEN = 'what-the-reader-knows'

test('with a wall around it a server takes one reader, and ends when that one is gone', async () => {
  const port = await freePort()
  const origin = `${ORIGIN}:${port}`
  const env = {
    PLAY_WALL: 'outside',
    PLAY_SESSIONS: '1',
    PLAY_ORIGINS: origin,
    PLAY_TOKEN: TOKEN,
    PLAY_DRAIN_MS: '0',
  }
  const instance = await Instance.start({ port, docs: await buildDocs(), env })
  onTestFinished(async () => {
    await instance.end('SIGKILL')
  })
  const page = await Page.open({ origin, token: TOKEN })
  await page.execute('console.log("inside")')
  expect(await instance.isReady()).toBe(false)
  await expect(Page.open({ origin, token: TOKEN })).rejects.toThrow('busy')
  await page.close()
  expect(await instance.exited).toBe(0)
})
