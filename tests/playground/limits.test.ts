import { expect, test } from 'vitest'
import { openServer } from './support.ts'
import { Page } from './page.ts'

test('a limit is set by its variable', async () => {
  const server = await openServer({ PLAY_SESSIONS: '1' })
  await Page.open(server)
  await expect(Page.open(server)).rejects.toThrow('Busy: 1 of 1 sessions')
})

test.each([
  ['PLAY_SESSIONS', 'many'],
  ['PLAY_SESSION_MEMORY_BYTES', '0'],
  ['PLAY_IDLE_MS', '-1'],
  ['PLAY_TEMPORARY_INODES', ''],
])('a server whose %s is "%s" does not start, and says what is required', async (variable, text) => {
  await expect(openServer({ [variable]: text })).rejects.toThrow(
    `Cannot set ${variable} to "${text}": a whole number above 0, or "unlimited", is required`,
  )
})
