import { expect, test } from 'vitest'
import { connect, openDatagram, TCPServer } from 'socketserver-ts'
import { LOOPBACK, serving, UpperHandler } from './support.ts'

test('connect() tries each address of a name', async () => {
  // The server is on 127.0.0.1 only, and localhost may name ::1 first.
  await using running = await serving(new TCPServer(LOOPBACK, UpperHandler))
  await using socket = await connect({ host: 'localhost', port: running.server.serverAddress.port })
  await socket.send('hi\n')
  expect(String(await socket.recv(16))).toBe('HI\n')
  expect(socket.localAddress.host).toBe('127.0.0.1')
})

test('connect() rejects with the error of the system where nobody listens', async () => {
  const server = new TCPServer(LOOPBACK, UpperHandler)
  await server.listen()
  const { port } = server.serverAddress
  await server.serverClose()
  await expect(connect({ host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  // All addresses of the name refuse; the error is one with a message of its own.
  await expect(connect({ host: 'localhost', port })).rejects.toThrow(/connect ECONNREFUSED/)
})

test('connect() and openDatagram() refuse what is not an address', async () => {
  await expect(connect({ host: 'localhost', port: 99_999 })).rejects.toThrow(
    'Cannot connect to port 99999: port must be between 0 and 65535',
  )
  await expect(openDatagram({ host: 'localhost', port: NaN })).rejects.toThrow(RangeError)
})

test('openDatagram() sockets exchange datagrams, with the address of the sender', async () => {
  await using one = await openDatagram(LOOPBACK)
  await using two = await openDatagram(LOOPBACK)
  expect(await one.sendTo('größe', two.localAddress)).toBe(7)
  const [data, source] = await two.recvFrom()
  expect(String(data)).toBe('größe')
  expect(source).toEqual(one.localAddress)
  expect(() => one.sendTo('x', { host: '127.0.0.1', port: -1 })).toThrow(
    'Cannot send to port -1: port must be between 0 and 65535',
  )
})

test('recvFrom() cuts to max bytes, and rejects after its timeout and when the socket is closed', async () => {
  const socket = await openDatagram(LOOPBACK)
  await socket.sendTo('abcdef', socket.localAddress)
  expect(String((await socket.recvFrom(3))[0])).toBe('abc')
  socket.setTimeout(5)
  await expect(socket.recvFrom()).rejects.toMatchObject({ code: 'ERR_SOCKET_TIMEOUT' })
  socket.setTimeout(null)
  const received = socket.recvFrom()
  await Promise.all([
    expect(received).rejects.toMatchObject({ code: 'ERR_SOCKET_CLOSED' }),
    socket.close(),
    socket.close(),
  ])
  await expect(socket.sendTo('x', LOOPBACK)).rejects.toMatchObject({ code: 'ERR_SOCKET_CLOSED' })
})

test('recvFrom() and setTimeout() of a datagram socket refuse what is no size and no time', async () => {
  await using socket = await openDatagram(LOOPBACK)
  await socket.sendTo('abcdef', socket.localAddress)
  for (const max of [-1, 1.5, NaN]) await expect(socket.recvFrom(max)).rejects.toThrow(RangeError)
  for (const time of [-1, NaN]) {
    expect(() => {
      socket.setTimeout(time)
    }).toThrow('0 or more, or null, is required')
  }
  expect(String((await socket.recvFrom())[0])).toBe('abcdef')
})

test('sendTo() rejects with the error of the system for a datagram that is too long', async () => {
  await using socket = await openDatagram(LOOPBACK)
  await expect(socket.sendTo(Buffer.alloc(70_000), socket.localAddress)).rejects.toMatchObject({
    code: 'EMSGSIZE',
  })
})
