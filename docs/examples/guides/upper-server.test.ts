import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AsyncTCPServer, connect, type InetAddress } from 'socketserver-ts'
import { UpperHandler } from './upper-server.ts'

// #region start
/** A server on a free port, which closes at the end of the scope that has it. */
async function startServer() {
  const server = new AsyncTCPServer({ host: '127.0.0.1', port: 0 }, UpperHandler)
  await server.listen()
  const serving = server.serveForever()
  return {
    address: server.serverAddress,
    [Symbol.asyncDispose]: async () => {
      await server.serverClose()
      await serving
    },
  }
}

async function startClient(address: InetAddress) {
  const client = await connect(address)
  // a server that never replies fails the test, and does not hang it
  client.setTimeout(2000)
  return client
}
// #endregion start

// #region whole
test('replies to each line in upper case', async () => {
  await using server = await startServer()
  await using client = await startClient(server.address)
  await client.sendAll('one\ntwo\n')
  await client.shutdown('write')
  assert.equal(String(await client.makefile('r').read()), 'ONE\nTWO\n')
})
// #endregion whole

// #region pieces
test('waits for the rest of a line', async () => {
  await using server = await startServer()
  await using client = await startClient(server.address)
  const replies = client.makefile('r')
  await client.send('a whole line\nand a ha')
  assert.equal(String(await replies.readline()), 'A WHOLE LINE\n')
  await client.send('lf\n')
  assert.equal(String(await replies.readline()), 'AND A HALF\n')
})
// #endregion pieces

// #region others
test('serves others while a client is silent', async () => {
  await using server = await startServer()
  await using silent = await startClient(server.address)
  await using client = await startClient(server.address)
  await client.send('hello\n')
  assert.equal(String(await client.recv(1024)), 'HELLO\n')
  await silent.send('now me\n')
  assert.equal(String(await silent.recv(1024)), 'NOW ME\n')
})
// #endregion others
