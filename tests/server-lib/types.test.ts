import { expectTypeOf, test } from 'vitest'
import {
  BaseRequestHandler,
  type DatagramRequest,
  DatagramRequestHandler,
  type DatagramSocket,
  type InetAddress,
  openDatagram,
  StreamRequestHandler,
  type StreamSocket,
  TCPServer,
  UDPServer,
  type UnixAddress,
  UnixDatagramServer,
  UnixStreamServer,
} from 'socketserver-ts'
import { LOOPBACK } from './support.ts'

// What must not compile is checked by the compiler: an expected error that does not come is an error of its own.

class StreamHandler extends StreamRequestHandler {}
class DatagramHandler extends DatagramRequestHandler {}
class PairHandler extends BaseRequestHandler<DatagramRequest> {}
class UnixHandler extends StreamRequestHandler<string> {}

class CountingServer extends TCPServer {
  count = 0
}
class CountingHandler extends StreamRequestHandler<InetAddress, CountingServer> {}

test('server and handler must agree on the kind of request and address', () => {
  new TCPServer(LOOPBACK, StreamHandler)
  new TCPServer(LOOPBACK, BaseRequestHandler)
  new UDPServer(LOOPBACK, DatagramHandler)
  new UDPServer(LOOPBACK, PairHandler)
  new CountingServer(LOOPBACK, CountingHandler)
  // @ts-expect-error a datagram handler with a stream server
  new TCPServer(LOOPBACK, DatagramHandler)
  // @ts-expect-error a handler of pairs with a stream server
  new TCPServer(LOOPBACK, PairHandler)
  // @ts-expect-error a stream handler with a datagram server
  new UDPServer(LOOPBACK, StreamHandler)
  // @ts-expect-error a handler of Unix addresses with a TCP server
  new TCPServer(LOOPBACK, UnixHandler)
})

test('an address must be a host and a port', () => {
  const wrong = () => {
    // @ts-expect-error a path is an address of Unix sockets
    new TCPServer('/tmp/socket', StreamHandler)
    // @ts-expect-error a port that is text
    new TCPServer({ host: 'localhost', port: '9999' }, StreamHandler)
    // @ts-expect-error the host is missing
    new UDPServer({ port: 9999 }, DatagramHandler)
  }
  expectTypeOf(wrong).toBeFunction()
})

test('a hook must have the signature of its server', () => {
  class Verifying extends TCPServer {
    override verifyRequest(request: StreamSocket, { host }: InetAddress): boolean {
      return host !== '' && request instanceof Object
    }
  }
  expectTypeOf<Verifying>().toExtend<TCPServer>()
  class Wrong extends TCPServer {
    // @ts-expect-error verifyRequest gives a boolean
    override verifyRequest(): string {
      return 'yes'
    }
  }
  expectTypeOf(Wrong).toBeObject()
})

test('a handler sees its request, address and server by their types', () => {
  expectTypeOf<StreamHandler['request']>().toEqualTypeOf<StreamSocket>()
  expectTypeOf<StreamHandler['clientAddress']>().toEqualTypeOf<InetAddress>()
  expectTypeOf<PairHandler['request']>().toEqualTypeOf<DatagramRequest>()
  expectTypeOf<CountingHandler['server']['count']>().toEqualTypeOf<number>()
  expectTypeOf<Awaited<ReturnType<TCPServer['getRequest']>>>().toEqualTypeOf<
    [request: StreamSocket, clientAddress: InetAddress]
  >()
})

class UnixPairHandler extends BaseRequestHandler<DatagramRequest<UnixAddress>, UnixAddress> {}
class AnyStreamHandler extends StreamRequestHandler<InetAddress | UnixAddress> {}
class AnyDatagramHandler extends DatagramRequestHandler<InetAddress | UnixAddress> {}

test('a Unix server takes a path and handlers of paths, or of every address', () => {
  const path = '/tmp/never-bound'
  new UnixStreamServer(path, UnixHandler)
  new UnixDatagramServer(path, UnixPairHandler)
  new UnixStreamServer(path, AnyStreamHandler)
  new TCPServer(LOOPBACK, AnyStreamHandler)
  new UnixDatagramServer(path, AnyDatagramHandler)
  new UDPServer(LOOPBACK, AnyDatagramHandler)
  const wrong = () => {
    // @ts-expect-error a host and a port with a Unix server
    new UnixStreamServer(LOOPBACK, UnixHandler)
    // @ts-expect-error a handler of hosts and ports with a Unix server
    new UnixStreamServer(path, StreamHandler)
    // @ts-expect-error a stream handler with a datagram server
    new UnixDatagramServer(path, UnixHandler)
    // @ts-expect-error a handler of hosts and ports with a Unix server
    new UnixDatagramServer(path, PairHandler)
    // @ts-expect-error a handler of paths with a UDP server
    new UDPServer(LOOPBACK, UnixPairHandler)
  }
  expectTypeOf(wrong).toBeFunction()
})

test('the addresses of a datagram socket are of the kind that it was opened with', () => {
  expectTypeOf<UnixPairHandler['request'][1]>().toEqualTypeOf<DatagramSocket<UnixAddress>>()
  const open = () => [openDatagram(), openDatagram(LOOPBACK), openDatagram('/tmp/never-bound')] as const
  expectTypeOf(open).returns.toEqualTypeOf<
    readonly [Promise<DatagramSocket>, Promise<DatagramSocket>, Promise<DatagramSocket<UnixAddress>>]
  >()
})
