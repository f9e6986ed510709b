import { expect, test } from 'vitest'
import { openServer } from './support.ts'

const HOSTED = { PLAY_HOSTED: '1', PLAY_HOST: '127.0.0.1', PLAY_ORIGINS: 'https://play.example.org' }

test.each([
  [{ PLAY_HOSTED: 'true' }, 'Cannot set PLAY_HOSTED to "true": 0 or 1 is required'],
  [{ PLAY_HOSTED: '1' }, 'Cannot host: PLAY_ORIGINS with the address of the pages is required'],
  [
    { PLAY_ORIGINS: 'https://a.example/' },
    'Cannot set PLAY_ORIGINS to "https://a.example/": one or more like https://play.example.org is required',
  ],
  [
    { PLAY_ORIGINS: 'https://a.example:443' },
    'Cannot set PLAY_ORIGINS to "https://a.example:443": one or more like https://play.example.org is required',
  ],
  [
    { PLAY_ORIGINS: '' },
    'Cannot set PLAY_ORIGINS to "": one or more like https://play.example.org is required',
  ],
  [
    { PLAY_TOKEN: 'short' },
    'Cannot set PLAY_TOKEN to "short": a word of 16 or more letters, digits, - and _ is required',
  ],
  [{ PLAY_PROXIES: '-1' }, 'Cannot set PLAY_PROXIES to "-1": a whole number is required'],
  [
    { PLAY_METRICS_PORT: '65536' },
    'Cannot set PLAY_METRICS_PORT to "65536": a number from 0 to 65535 is required',
  ],
  [{ PLAY_DRAIN_MS: '1s' }, 'Cannot set PLAY_DRAIN_MS to "1s": a whole number is required'],
  [{ PLAY_RUNNER: 'plan' }, 'Cannot set PLAY_RUNNER to "plan": plain is required'],
  [{ PLAY_WALL: 'inside' }, 'Cannot set PLAY_WALL to "inside": outside is required'],
])('startPlaygroundServer() rejects the environment %o', async (env, message) => {
  await expect(openServer(env)).rejects.toThrow(new RangeError(message))
})

test('the address that a hosted server prints keeps its token a secret', async () => {
  const env = { ...HOSTED, PLAY_RUNNER: undefined, PLAY_TOKEN: 'a-token-of-16-letters-or-more' }
  expect((await openServer(env)).url).toBe('https://play.example.org/')
})
