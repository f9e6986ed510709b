import { expect, test } from 'vitest'
import { openServer } from './support.ts'
import { Page } from './page.ts'

test('a limit is set by its variable', async () => {
  const server = await openServer({ PLAY_SESSIONS: '1' })
  await Page.open(server)
  await expect(Page.open(server)).rejects.toThrow('Busy: 1 of 1 sessions')
})

test.each([
  ['PLAY_SESSIONS', 'many', 'a whole number above 0, or "unlimited",'],
  ['PLAY_SESSION_MEMORY_BYTES', '0', 'a whole number above 0, or "unlimited",'],
  ['PLAY_TEMPORARY_INODES', '', 'a whole number above 0, or "unlimited",'],
  ['PLAY_IDLE_MS', '-1', 'a whole number above 0 and up to 2147483647, or "unlimited",'],
  ['PLAY_STOP_GRACE_MS', '2147483648', 'a whole number above 0 and up to 2147483647'],
  ['PLAY_WARM_SANDBOXES', 'unlimited', 'a whole number above 0'],
])(
  'a server whose %s is "%s" does not start, and says what is required',
  async (variable, text, required) => {
    await expect(openServer({ [variable]: text })).rejects.toThrow(
      new RangeError(`Cannot set ${variable} to "${text}": ${required} is required`),
    )
  },
)
