import { MAX_MESSAGE_BYTES, type ClientMessage, type RefusalCode } from '@playground/protocol'
import { expect, test } from 'vitest'
import { Page } from './page.ts'
import { openServer } from './support.ts'

const files = [{ name: 'program.ts', source: '' }]

/** Messages that TypeScript would not let an honest page write. */
const message = (json: string) => `{"type":"message","number":1,"received":0,"message":${json}}`
const start = (changes: object) =>
  message(JSON.stringify({ type: 'start', run: 1, entry: 'program.ts', files, arguments: [], ...changes }))

interface Case {
  name: string
  data: string | Buffer
  code: RefusalCode
  message: RegExp
}

const cases: Case[] = [
  { name: 'binary data', data: Buffer.from('{}'), code: 'invalid-message', message: /text is required/ },
  { name: 'no JSON', data: 'hello', code: 'invalid-message', message: /not JSON/ },
  { name: 'a number', data: '1', code: 'invalid-message', message: /./ },
  { name: 'null', data: 'null', code: 'invalid-message', message: /./ },
  { name: 'an unknown type', data: '{"type":"exec"}', code: 'invalid-message', message: /type/ },
  {
    name: 'a prototype for its type',
    data: '{"type":"__proto__"}',
    code: 'invalid-message',
    message: /type/,
  },
  { name: 'a missing run', data: message('{"type":"stop"}'), code: 'invalid-message', message: /run/ },
  { name: 'run 0', data: message('{"type":"stop","run":0}'), code: 'invalid-message', message: /run/ },
  {
    name: 'a run with a fraction',
    data: message('{"type":"stop","run":1.5}'),
    code: 'invalid-message',
    message: /run/,
  },
  {
    name: 'a run beyond 32 bits',
    data: message('{"type":"stop","run":4294967296}'),
    code: 'invalid-message',
    message: /run/,
  },
  {
    name: 'a key of its own',
    data: message('{"type":"stop","run":1,"x":1}'),
    code: 'invalid-message',
    message: /x/,
  },
  { name: 'no files', data: start({ files: [] }), code: 'invalid-message', message: /files/ },
  {
    name: 'a path for a file name',
    data: start({ files: [{ name: '../x.ts', source: '' }] }),
    code: 'invalid-message',
    message: /files.0.name/,
  },
  {
    name: 'an absolute entry',
    data: start({ entry: '/etc/x.ts' }),
    code: 'invalid-message',
    message: /entry/,
  },
  {
    name: 'NUL in an argument',
    data: start({ arguments: ['a\0'] }),
    code: 'invalid-message',
    message: /NUL/,
  },
  {
    name: 'a message of its own',
    data: message('{"type":"exec"}'),
    code: 'invalid-message',
    message: /type/,
  },
  { name: 'number 0', data: '{"type":"message","number":0}', code: 'invalid-message', message: /number/ },
  { name: 'a second hello', data: '{"type":"hello"}', code: 'invalid-message', message: /open already/ },
  {
    name: 'no bytes drawn',
    data: '{"type":"drawn","run":1,"bytes":0,"received":0}',
    code: 'invalid-message',
    message: /bytes/,
  },
  {
    name: 'more than 256 KiB',
    data: 'x'.repeat(MAX_MESSAGE_BYTES + 1),
    code: 'too-large',
    message: /at most 262144 bytes/,
  },
]

test.each(cases)('a message with $name is refused with $code, and the session lives', async (refused) => {
  const page = await Page.open(await openServer())
  page.webSocket.send(refused.data)
  const { code, message } = await page.message('refused')
  expect(code).toBe(refused.code)
  expect(message).toMatch(refused.message)
  expect(message).not.toContain('\n')
  expect(await page.execute('console.log("alive")')).toMatchObject({ code: 0 })
})

test('a message for a run that was never started is refused with unknown-run', async () => {
  const page = await Page.open(await openServer())
  page.send({ type: 'stop', run: 7 })
  expect(await page.message('refused', 7)).toMatchObject({ code: 'unknown-run' })
})

test('a start whose entry is none of its files is refused with invalid-message', async () => {
  const page = await Page.open(await openServer())
  page.send({ type: 'start', run: 1, entry: 'other.ts', files, arguments: [] })
  const { code, message } = await page.message('refused', 1)
  expect([code, message]).toEqual([
    'invalid-message',
    'Entry "other.ts": the name of one of the files is required',
  ])
})

test('a run number that does not grow is refused with stale-run', async () => {
  const page = await Page.open(await openServer())
  const message: ClientMessage = { type: 'start', run: 5, entry: 'program.ts', files, arguments: [] }
  page.send(message)
  await page.message('exited', 5)
  page.send(message)
  expect(await page.message('refused')).toMatchObject({ code: 'stale-run', run: 5 })
  page.send({ ...message, run: 4 })
  expect(await page.message('refused', 4)).toMatchObject({ code: 'stale-run' })
})

test('a ninth run is refused with too-many-runs, and there is room again after an end', async () => {
  const page = await Page.open(await openServer())
  const first = await page.start('setInterval(() => {}, 1000)')
  for (let count = 2; count <= 8; count += 1) await page.start('setInterval(() => {}, 1000)')
  const ninth = page.request('')
  expect(await page.message('refused')).toMatchObject({ code: 'too-many-runs', run: ninth })
  page.send({ type: 'stop', run: first.run })
  await page.message('exited', first.run)
  expect(await page.execute('')).toMatchObject({ code: 0 })
})

test('a message for a run that has ended is dropped', async () => {
  const page = await Page.open(await openServer())
  const { run } = await page.execute('')
  page.send({ type: 'input', run, data: 'late' })
  page.send({ type: 'stop', run })
  page.send({ type: 'stop', run: 99 })
  expect(await page.message('refused')).toMatchObject({ run: 99 })
  expect(page.messages.filter(({ type }) => type === 'refused')).toHaveLength(1)
})

test('a message over 1 MiB closes the connection', async () => {
  const page = await Page.open(await openServer())
  const closed = new Promise((resolve) => page.webSocket.once('close', resolve))
  page.webSocket.send('x'.repeat(1024 * 1024 + 1))
  expect(await closed).toBe(1009)
})
