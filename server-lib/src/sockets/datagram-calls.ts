import type * as Koffi from 'koffi'
import { constants } from 'node:os'
import { getSystemErrorMap } from 'node:util'
import { SocketServerError } from '../errors.ts'
import type { UnixAddress } from './address.ts'
import { addressOf, AF_UNIX, SOCKADDR_BYTES, sockaddrOf } from './sockaddr-un.ts'

const IS_LINUX = process.platform === 'linux'

// <sys/socket.h> and <fcntl.h>; macOS sets close-on-exec apart, and libuv sets O_NONBLOCK in any case.
const SOCK_DGRAM = 2
const SOCK_NONBLOCK = IS_LINUX ? 0o4000 : 0
const SOCK_CLOEXEC = IS_LINUX ? 0o2000000 : 0
const MSG_DONTWAIT = IS_LINUX ? 0x40 : 0x80
const F_SETFD = 2
const FD_CLOEXEC = 1

/** More than a datagram has under the default limits of Linux (212,992) and macOS; a longer one is cut. */
const MAX_DATAGRAM_BYTES = 256 * 1024

const { EAGAIN, EINTR, ENOBUFS } = constants.errno
/** What a receive or send fails with that is to be tried again; macOS says ENOBUFS where a receiver's queue is full. */
const NOT_NOW = new Set([EAGAIN, EINTR, ENOBUFS])

type Call = (...parameters: unknown[]) => number

let loaded: Promise<DatagramCalls> | null = null

/** The system calls for datagrams that Node has not, those of Unix sockets above all; koffi makes them. None blocks. */
export class DatagramCalls {
  readonly #koffi: typeof Koffi
  readonly #socket: Call
  readonly #fcntl: Call
  readonly #bind: Call
  readonly #recvfrom: Call
  readonly #sendto: Call
  readonly #close: Call
  readonly #data = Buffer.allocUnsafeSlow(MAX_DATAGRAM_BYTES)
  readonly #sockaddr = Buffer.alloc(SOCKADDR_BYTES)
  readonly #sockaddrBytes = new Uint32Array(1)

  private constructor(koffi: typeof Koffi) {
    const libc = koffi.load(null)
    this.#koffi = koffi
    this.#socket = libc.func('int socket(int, int, int)')
    this.#fcntl = libc.func('int fcntl(int, int, ...)')
    this.#bind = libc.func('int bind(int, void *, uint32_t)')
    this.#recvfrom = libc.func('intptr_t recvfrom(int, void *, size_t, int, void *, void *)')
    this.#sendto = libc.func('intptr_t sendto(int, void *, size_t, int, void *, uint32_t)')
    this.#close = libc.func('int close(int)')
  }

  /** @throws {SocketServerError} ERR_UNSUPPORTED without koffi or on a platform other than Linux and macOS. */
  static load(): Promise<DatagramCalls> {
    loaded ??= loadCalls().then((koffi) => new DatagramCalls(koffi))
    return loaded
  }

  /** Opens a socket that children do not inherit, bound to `path` or, for `''`, to none; gives its descriptor. */
  open(path: UnixAddress): number {
    const fd = this.#socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)
    if (fd < 0) throw this.#failure('socket', path)
    if (!IS_LINUX) this.#fcntl(fd, F_SETFD, 'int', FD_CLOEXEC)
    if (path === '') return fd
    const sockaddr = sockaddrOf(path)
    if (this.#bind(fd, sockaddr, sockaddr.length) === 0) return fd
    const failure = this.#failure('bind', path)
    this.#close(fd)
    throw failure
  }

  /** The next datagram and the address of its sender (`''`: not bound), or null if none waits. */
  receive(fd: number): [data: Buffer, source: UnixAddress] | null {
    this.#sockaddrBytes[0] = SOCKADDR_BYTES
    const bytes = this.#recvfrom(
      fd,
      this.#data,
      MAX_DATAGRAM_BYTES,
      MSG_DONTWAIT,
      this.#sockaddr,
      this.#sockaddrBytes,
    )
    if (bytes >= 0) {
      const source = addressOf(this.#sockaddr, this.#sockaddrBytes[0])
      return [Buffer.from(this.#data.subarray(0, bytes)), source]
    }
    if (NOT_NOW.has(this.#koffi.errno())) return null
    throw this.#failure('recvfrom', '')
  }

  /** Sends one datagram of any family, as the system call does: its length in bytes, or -1. */
  sendTo(fd: number, data: Uint8Array, sockaddr: Uint8Array): number {
    return this.#sendto(fd, data, data.length, MSG_DONTWAIT, sockaddr, sockaddr.length)
  }

  /** Sends one datagram; false if the receiver's queue is full. */
  send(fd: number, data: Uint8Array, address: UnixAddress): boolean {
    if (this.sendTo(fd, data, sockaddrOf(address)) >= 0) return true
    if (NOT_NOW.has(this.#koffi.errno())) return false
    throw this.#failure('sendto', address)
  }

  close(fd: number): void {
    this.#close(fd)
  }

  /** Calls `onReadable` from the event loop of this thread while something waits; until the watch is closed. */
  watch(fd: number, onReadable: () => void): { close: () => void } {
    return this.#koffi.node.poll(fd, { readable: true }, onReadable)
  }

  /** The error of the call that has just failed, in the form of Node's own. */
  #failure(syscall: string, address: UnixAddress): NodeJS.ErrnoException {
    const errno = -this.#koffi.errno()
    const [code, text] = getSystemErrorMap().get(errno) ?? [`errno ${-errno}`, 'unknown error']
    const place = address === '' ? '' : ` ${address}`
    return Object.assign(new Error(`${syscall} ${code}: ${text}${place}`), { errno, code, syscall, address })
  }
}

async function loadCalls(): Promise<typeof Koffi> {
  if (!IS_LINUX && process.platform !== 'darwin') {
    throw new SocketServerError(
      'ERR_UNSUPPORTED',
      `Cannot use Unix datagrams on ${process.platform}: Linux or macOS is required`,
    )
  }
  try {
    return await import('koffi')
  } catch (error) {
    throw new SocketServerError(
      'ERR_UNSUPPORTED',
      'Cannot use Unix datagrams without the package "koffi": install koffi',
      { cause: error },
    )
  }
}
