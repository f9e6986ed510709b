import { once } from 'node:events'
import { SUBPROTOCOL } from '@playground/protocol'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { Page } from './page.ts'
import { isAlive, openServer, until, type TestServer } from './support.ts'

test('of a hundred connections at once eight are sessions, and the others are told that it is busy', async () => {
  const server = await openServer()
  const answers = await Promise.all(Array.from({ length: 100 }, () => knock(server)))
  const open = answers.filter((answer) => answer instanceof WebSocket)
  const refused = answers.filter((answer) => typeof answer === 'string')
  expect(open).toHaveLength(8)
  expect(refused).toHaveLength(92)
  expect(new Set(refused)).toEqual(
    new Set(['503 Busy: 8 sessions are open; close a page that runs programs, then try again\n']),
  )
  for (const webSocket of open) webSocket.terminate()
  await until(() => open.every(({ readyState }) => readyState === WebSocket.CLOSED))
})

test('the slot of a session is free again when its page has closed', async () => {
  const server = await openServer()
  const pages = await Promise.all(Array.from({ length: 8 }, () => Page.open(server)))
  expect(await knock(server)).toMatch(/^503 Busy/)
  await Promise.all(pages.map((page) => page.close()))
  let next: WebSocket | string = ''
  while (!(next instanceof WebSocket)) next = await knock(server)
  next.terminate()
})

test('sessions are apart: a page gets no output of another, and their run numbers do not meet', async () => {
  const server = await openServer()
  const [first, second] = await Promise.all([Page.open(server), Page.open(server)])
  await first.execute('console.log("for the first")')
  await second.execute('console.log("for the second")')
  expect([first.output(), second.output()]).toEqual(['for the first\n', 'for the second\n'])
})

test('a page that does not answer pings is given up with its programs', async () => {
  const page = await Page.open(await openServer({ PLAY_PING_INTERVAL_MS: '100' }), { autoPong: false })
  const { pid } = await page.start('setInterval(() => {}, 1000)')
  await once(page.webSocket, 'close')
  await until(() => !isAlive(pid))
})

test('a page that answers pings stays', async () => {
  const page = await Page.open(await openServer({ PLAY_PING_INTERVAL_MS: '250' }))
  let pings = 0
  page.webSocket.on('ping', () => {
    pings += 1
  })
  await until(() => pings === 3)
  expect(await page.execute('')).toMatchObject({ code: 0 })
})

test('a page that loses its connection is a page that closes', async () => {
  const page = await Page.open(await openServer())
  const { pid } = await page.start('setInterval(() => {}, 1000)')
  page.webSocket.terminate()
  await until(() => !isAlive(pid))
})

/** An open WebSocket, or the status and the text of the refusal. */
async function knock({ origin, token }: TestServer): Promise<WebSocket | string> {
  const webSocket = new WebSocket(`${origin}/session`, [SUBPROTOCOL, `token.${token}`], { origin })
  return new Promise((resolve, reject) => {
    webSocket.once('open', () => resolve(webSocket))
    webSocket.once('unexpected-response', (_request, response) => {
      let body = ''
      response.on('data', (data: Buffer) => {
        body += data.toString()
      })
      response.once('end', () => resolve(`${response.statusCode ?? 0} ${body}`))
    })
    webSocket.once('error', reject)
  })
}
