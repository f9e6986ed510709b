import { OUTPUT_HIGH_WATER_BYTES } from '@playground/protocol'
import { expect, test } from 'vitest'
import { Page } from './page.ts'
import { isAlive, openServer, until } from './support.ts'

const FLOOD_BYTES = 50_000_000

/** Prints 50 MB as fast as it may. */
const FLOOD = `
  const block = Buffer.alloc(50_000, 'x'.repeat(99) + '\\n')
  for (let sent = 0; sent < ${FLOOD_BYTES}; sent += block.length) {
    if (!process.stdout.write(block)) await new Promise((resolve) => process.stdout.once('drain', resolve))
  }`

/** What the pipe and the buffers on its two ends hold beyond what the server has sent. */
const SLACK_BYTES = 128 * 1024

test('a flood waits for a page that draws nothing, and goes on when it draws', async () => {
  const page = await Page.open(await openServer())
  page.acknowledges = false
  const { run } = await page.start(FLOOD)
  await until(() => page.outputBytes > OUTPUT_HIGH_WATER_BYTES)
  // Other runs of the session are served meanwhile, and this one has sent no more.
  await page.execute('')
  expect(page.outputBytes).toBeLessThan(OUTPUT_HIGH_WATER_BYTES + SLACK_BYTES)
  expect(page.messages.some((message) => message.type === 'exited' && message.run === run)).toBe(false)
  page.acknowledges = true
  page.acknowledge(run)
  await until(() => page.outputBytes === FLOOD_BYTES, 30_000)
  expect(await page.message('exited', run)).toMatchObject({ code: 0 })
})

test('stop is quick for a flood that ignores it, and sends no more than a page has room for', async () => {
  const page = await Page.open(await openServer())
  page.acknowledges = false
  const { run } = await page.start(`process.on('SIGTERM', () => {})\nfor (;;) {${FLOOD}}`)
  await until(() => page.outputBytes > OUTPUT_HIGH_WATER_BYTES)
  const begun = performance.now()
  page.send({ type: 'stop', run })
  expect(await page.message('exited', run)).toMatchObject({ stopped: true })
  expect(performance.now() - begun).toBeLessThan(2000)
  expect(page.outputBytes).toBeLessThan(OUTPUT_HIGH_WATER_BYTES + SLACK_BYTES)
})

test('stop reaches the SIGTERM handler of a program that is stuck in a write', async () => {
  const page = await Page.open(await openServer())
  page.acknowledges = false
  const { run } = await page.start(`
    import { writeSync } from 'node:fs'
    process.once('SIGTERM', () => process.exit(6))
    const block = Buffer.alloc(100_000, 'x')
    setInterval(() => writeSync(1, block))`)
  await until(() => page.outputBytes > OUTPUT_HIGH_WATER_BYTES)
  page.send({ type: 'stop', run })
  expect(await page.message('exited', run)).toMatchObject({ code: 6, stopped: true })
})

test('a page that acknowledges what it was not sent gets no more than may wait', async () => {
  const page = await Page.open(await openServer())
  page.acknowledges = false
  const { run } = await page.start(`for (;;) {${FLOOD}}`)
  await until(() => page.outputBytes > OUTPUT_HIGH_WATER_BYTES)
  const before = page.outputBytes
  page.sendFrame({ type: 'drawn', run, bytes: Number.MAX_SAFE_INTEGER, received: page.received })
  await until(() => page.outputBytes > before + OUTPUT_HIGH_WATER_BYTES)
  await page.execute('')
  expect(page.outputBytes).toBeLessThan(before + OUTPUT_HIGH_WATER_BYTES + SLACK_BYTES)
})

test('a page that does not read is given up, whatever it acknowledges', async () => {
  const page = await Page.open(await openServer({ PLAY_RESUME_GRACE_MS: '1' }))
  page.acknowledges = false
  const { run, pid } = await page.start(`for (;;) {${FLOOD}}`)
  page.webSocket.pause()
  let acknowledged = 0
  await until(() => {
    acknowledged += OUTPUT_HIGH_WATER_BYTES
    page.sendFrame({ type: 'drawn', run, bytes: acknowledged, received: 0 })
    return !isAlive(pid)
  })
})
