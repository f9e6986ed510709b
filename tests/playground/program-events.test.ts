import { expect, test } from 'vitest'
import { Page } from './page.ts'
import { openServer, until } from './support.ts'

type Mixed = 'TCPServer' | 'ThreadingTCPServer' | 'ForkingTCPServer' | 'AsyncTCPServer'

const CLIENT = `
  import { connect } from 'socketserver-ts'
  const socket = await connect({ host: '127.0.0.1', port: Number(process.argv[2]) })
  await socket.send('he')
  await socket.send('llo\\n')
  console.log(String(await socket.recv(1024)))
  await socket.close()`

function serverOf(name: Mixed): string {
  return `
    import { ${name}, StreamRequestHandler, isMain } from 'socketserver-ts'
    export class Handler extends StreamRequestHandler {
      async handle() {
        const line = await this.rfile.readline()
        await this.wfile.write(String(line).toUpperCase())
      }
    }
    export class Server extends ${name} {}
    if (isMain(import.meta)) await new Server({ host: '127.0.0.1', port: 0 }, Handler).serveForever()`
}

interface Told {
  pid: number
  thread: number
  at: number
  what: string
  request: number
  number: number
  text: string
}

function toldBy(page: Page, run: number): Told[] {
  const batches = page.activities.filter((activity) => activity.run === run)
  const told = batches.flatMap(({ pid, thread, at, records }) =>
    records.map(([what, after, request, number, text]) => {
      return { pid, thread, at: at + after, what, request, number, text }
    }),
  )
  return told.toSorted((one, other) => one.at - other.at)
}

async function exchange(name: Mixed): Promise<{ server: Told[]; client: Told[]; pid: number }> {
  const page = await Page.open(await openServer())
  const { run, pid } = await page.start(serverOf(name))
  const { address } = await page.message('listening', run)
  if (typeof address === 'string') throw new Error(`Listening on ${address}`)
  const client = await page.execute(CLIENT, { arguments: [`${address.port}`] })
  await until(() => toldBy(page, run).some(({ what }) => what === 'finished'))
  await until(() => toldBy(page, run).some(({ what }) => what === 'disconnected'))
  return { server: toldBy(page, run), client: toldBy(page, client.run), pid }
}

function one(told: Told[], what: string): Told {
  const found = told.find((record) => record.what === what)
  if (found === undefined) throw new Error(`Nothing of "${what}": ${JSON.stringify(told)}`)
  return found
}

test.each(['TCPServer', 'AsyncTCPServer'] as const)(
  'a %s tells of a request in the order of its life, on the clock of its client',
  async (name) => {
    const { server, client, pid } = await exchange(name)
    const connected = one(client, 'connected')
    const accepted = one(server, 'accepted')
    expect(accepted.text).toBe(connected.text)
    expect(one(server, 'listening').text.split(' ')[1]).toContain(`Server,${name}`)
    const order = ['accepted', 'started', 'received', 'lineRead', 'sent', 'finished', 'disconnected']
    const times = order.map((what) => one(server, what).at)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(new Set(server.map((told) => `${told.pid}.${told.thread}`))).toEqual(new Set([`${pid}.0`]))
    expect(one(client, 'sent').at).toBeLessThan(one(server, 'lineRead').at)
    expect(one(server, 'sent').at).toBeLessThan(one(client, 'received').at)
    expect(Buffer.from(one(server, 'sent').text, 'base64').toString()).toBe('HELLO\n')
  },
)

test('a thread tells of the requests that it serves, with its name', async () => {
  const { server, pid } = await exchange('ThreadingTCPServer')
  const started = one(server, 'started')
  expect(started).toMatchObject({ pid, text: one(server, 'accepted').text })
  expect(started.thread).toBeGreaterThan(0)
  const named = one(server, 'named')
  expect(named.thread).toBe(started.thread)
  expect(named.text).toMatch(/^Thread-\d/)
  expect(one(server, 'sent')).toMatchObject({ thread: started.thread })
  const received = server.filter(({ what }) => what === 'received')
  expect(received.reduce((bytes, { number }) => bytes + number, 0)).toBe(6)
})

test('a child tells of the requests that it serves', async () => {
  const { server, pid } = await exchange('ForkingTCPServer')
  const started = one(server, 'started')
  expect(started.pid).not.toBe(pid)
  expect(started.text).toBe(one(server, 'accepted').text)
  expect(server.find((told) => told.what === 'begun' && told.pid === started.pid)).toMatchObject({
    number: pid,
  })
  expect(one(server, 'sent')).toMatchObject({ pid: started.pid, number: 6 })
})

test('a program sees nothing of what tells of it', async () => {
  const page = await Page.open(await openServer())
  await page.execute(`
    import { fork } from 'node:child_process'
    import { Worker, isMainThread } from 'node:worker_threads'
    import { fileURLToPath } from 'node:url'
    if (!isMainThread || process.send) { process.send?.('told'); process.exit() }
    console.log(JSON.stringify(process.argv.slice(2)), Object.keys(process.env).filter((name) => /REPORT|NODE/.test(name)))
    new Worker(new URL(import.meta.url)).on('message', (m) => console.log('thread', m))
    fork(fileURLToPath(import.meta.url)).on('message', (m) => console.log('child', m))`)
  expect(page.output()).toBe('[] []\nchild told\n')
})

test('datagrams are told with their bytes, whoever sends them', async () => {
  const page = await Page.open(await openServer())
  const { run } = await page.start(`
    import { openDatagram, ThreadingUDPServer, DatagramRequestHandler, isMain } from 'socketserver-ts'
    export class Handler extends DatagramRequestHandler {
      async handle() { await this.wfile.write(\`re: \${this.packet}\`) }
    }
    if (isMain(import.meta)) {
      const server = new ThreadingUDPServer({ host: '127.0.0.1', port: 0 }, Handler)
      await server.listen()
      void server.serveForever()
      const socket = await openDatagram()
      await socket.sendTo('hey', server.serverAddress)
      console.log(String((await socket.recvFrom())[0]))
      await socket.close()
      await server.serverClose()
    }`)
  await page.message('exited', run)
  const bytes = toldBy(page, run).filter(({ what }) => what === 'sent' || what === 'received')
  const texts = bytes.map(({ what, text }) => `${what} ${Buffer.from(text, 'base64').toString()}`)
  expect(texts).toEqual(['sent hey', 'received hey', 'sent re: hey', 'received re: hey'])
})
