import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createConnection } from 'node:net'
import { expect, test } from 'vitest'
import { exchange } from './support.ts'

const PROGRAM = `
  import { AsyncTCPServer, StreamRequestHandler } from 'socketserver-ts'
  class Handler extends StreamRequestHandler {
    async handle() {
      for await (const line of this.rfile) await this.wfile.write(line)
    }
  }
  const server = new AsyncTCPServer({ host: '127.0.0.1', port: 0 }, Handler)
  server.requestQueueSize = 511
  await server.listen()
  console.log(server.serverAddress.port)
  process.stdin.on('data', () => console.log(process.cpuUsage().user + process.cpuUsage().system))
  await server.serveForever()`

test.runIf(process.platform === 'linux')(
  'a server without free descriptors neither spins nor ends, and serves again when there are some',
  { timeout: 30_000 },
  async () => {
    const command = `ulimit -n 64; exec "$0" --input-type=module -e "$1"`
    const child = spawn('sh', ['-c', command, process.execPath, PROGRAM], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const exited = once(child, 'exit')
    const says = async () => Number(String((await once(child.stdout, 'data'))[0]))
    const address = { host: '127.0.0.1', port: await says() }
    const processorMicroseconds = () => {
      const answer = says()
      child.stdin.write('?')
      return answer
    }
    try {
      const clients = Array.from({ length: 200 }, () =>
        createConnection(address)
          .on('error', () => {})
          .resume(),
      )
      await Promise.all(clients.map((client) => once(client, 'connect')))
      const before = await processorMicroseconds()
      // While there is nothing that can be accepted: a server that tried again and again would take all of this time.
      await new Promise((resolve) => setTimeout(resolve, 500))
      expect((await processorMicroseconds()) - before).toBeLessThan(250_000)
      const closed = clients.filter((client) => !client.closed).map((client) => once(client, 'close'))
      for (const client of clients) client.end()
      await Promise.all(closed)
      expect(await exchange(address, 'again\n')).toBe('again\n')
    } finally {
      child.kill()
      await exited
    }
  },
)
