import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { describe, expect, test, vi } from 'vitest'
import { startExample } from '../interop/tools.ts'
import { exchange, plainClient, receiveAll } from '../server-lib/support.ts'

// Programs start as fast as the machine lets them.
vi.setConfig({ testTimeout: 60_000 })

describe.each(['guides/net-upper.ts', 'guides/upper-server.ts'])('%s', (program) => {
  test('replies to lines that come in pieces, and to the last one after the client has half-closed', async () => {
    await using server = await startExample(program)
    const client = await plainClient(server.address)
    client.setNoDelay(true)
    client.write('one\ntw')
    expect(String((await once(client, 'data'))[0])).toBe('ONE\n')
    client.write('o\n')
    expect(String((await once(client, 'data'))[0])).toBe('TWO\n')
    client.end('three')
    expect(await receiveAll(client)).toBe('THREE')
  })

  test('gives a client that reads late every byte of a long reply', async () => {
    await using server = await startExample(program)
    const client = await plainClient(server.address)
    const line = `${'x'.repeat(999)}\n`
    client.end(line.repeat(20_000))
    // Until then the client takes nothing, so that all buffers on the way are full.
    await exchange(server.address, 'meanwhile\n')
    const reply = await receiveAll(client)
    expect(reply === line.toUpperCase().repeat(20_000)).toBe(true)
  })

  test('goes on when a client resets its connection', async () => {
    await using server = await startExample(program)
    const client = await plainClient(server.address)
    client.write('one\n')
    await once(client, 'data')
    client.resetAndDestroy()
    await once(client, 'close')
    expect(await exchange(server.address, 'two\n')).toBe('TWO\n')
  })
})

describe('a server of net', () => {
  /** How a program that serves itself one client ends, and what it prints. */
  async function ending(serve: string, client: string) {
    const program = `
      import { connect, createServer } from 'node:net'
      const server = createServer((socket) => { ${serve} }).listen(0, '127.0.0.1', () => {
        const client = connect(server.address().port, '127.0.0.1', () => { ${client} })
      })`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program])
    const [printed, errors, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number | null]>,
    ])
    return { printed, errors, code }
  }

  test('loses a late reply without allowHalfOpen', async () => {
    const reply = "socket.write('late', (error) => { console.log(error.code); process.exit() })"
    const { printed } = await ending(
      `socket.on('error', () => {}).resume().on('end', () => setImmediate(() => ${reply}))`,
      "client.on('data', (data) => console.log('received', data)).end('all')",
    )
    expect(printed).toBe('EPIPE\n')
  })

  test('ends with its program when a client resets a connection that has no listener for errors', async () => {
    const { code, errors } = await ending(
      "socket.once('data', () => socket.write('go'))",
      "client.once('data', () => client.resetAndDestroy()).write('first')",
    )
    expect(code).toBe(1)
    expect(errors).toContain('ECONNRESET')
  })
})
