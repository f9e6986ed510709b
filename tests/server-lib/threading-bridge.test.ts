import { once } from 'node:events'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { ThreadingUnixStreamServer } from 'socketserver-ts'
import { FillingHandler } from './fixtures/threaded-handlers.ts'
import { exchange, plainClient, receiveAll, temporaryFolder } from './support.ts'
import { describeStreamsInThreads } from './threading-requests.ts'

// Each test file is a process of its own, in which koffi is looked for once.
process.env['SOCKETSERVER_TS_NO_KOFFI'] = '1'

describeStreamsInThreads('bridged without koffi')

describe('a bridge to a client that does not read yet', () => {
  const REPLY_BYTES = 6 * 64 * 1024

  /** A server whose one thread has finished with `client` and gone on, while most of the reply is still on the bridge. */
  async function finishedBefore(
    path: string,
  ): Promise<{ server: ThreadingUnixStreamServer; client: Socket }> {
    const server = new ThreadingUnixStreamServer(join(path, 'socket'), FillingHandler)
    server.maxThreads = 1
    await server.listen()
    void server.serveForever()
    const client = await plainClient(server.serverAddress)
    client.end('fill')
    expect(await exchange(server.serverAddress, 'next')).toBe('next')
    return { server, client }
  }

  test('delivers the rest when it reads, before the server has closed', async () => {
    await using folder = await temporaryFolder()
    const { server, client } = await finishedBefore(folder.path)
    const hasClosed = vi.fn()
    const closed = server.serverClose().then(hasClosed)
    await once(client, 'readable')
    expect(hasClosed).not.toHaveBeenCalled()
    expect((await receiveAll(client)).length).toBe(REPLY_BYTES)
    await closed
  })

  test('breaks it off when the timeout of serverClose() is over', async () => {
    await using folder = await temporaryFolder()
    const { server, client } = await finishedBefore(folder.path)
    await server.serverClose({ timeout: 50 })
    expect((await receiveAll(client)).length).toBeLessThan(REPLY_BYTES)
  })
})
