import { Duplex } from 'node:stream'
import type { MessagePort } from 'node:worker_threads'
import { decodeError, encodeError } from '../remote/error-message.ts'
import type { BridgeMessage } from './messages.ts'

/** Bytes that one end may send before the other has taken them. */
const WINDOW_BYTES = 256 * 1024

/**
 * One end of a bridge that carries a connection's bytes over a MessagePort, held back to the pace of whoever reads at
 * the other end. It is half-open as a socket is, and closes when the other end has closed and all was read. A `close`
 * before the `end` means that the other end broke off. Emits `noDelay` when the other end asks for it.
 */
export class PortStream extends Duplex {
  readonly #port: MessagePort
  #unacknowledged = 0
  #writeWaits: (() => void) | null = null
  #owedCredit = 0
  #hasEnded = false
  #isPeerClosed = false

  constructor(port: MessagePort) {
    super({ allowHalfOpen: true })
    this.#port = port
    port.on('message', (message: BridgeMessage) => {
      this.#receive(message)
    })
    // After a last message this changes nothing; without one, the thread at the other end has been ended.
    port.on('close', () => {
      this.#closePeer(undefined)
    })
  }

  #receive(message: BridgeMessage): void {
    switch (message.kind) {
      case 'data':
        this.#owedCredit += message.bytes.length
        if (this.push(message.bytes)) this.#giveCredit()
        break
      case 'credit':
        this.#unacknowledged -= message.bytes
        this.#goOn()
        break
      case 'end':
        this.#hasEnded = true
        this.push(null)
        break
      case 'closed':
        this.#closePeer(message.error === undefined ? undefined : decodeError(message.error))
        break
      case 'noDelay':
        this.emit('noDelay', message.noDelay)
        break
    }
  }

  #closePeer(error: Error | undefined): void {
    if (this.#isPeerClosed) return
    this.#isPeerClosed = true
    // What the peer has sent before it closed in order is still to be read.
    if (error !== undefined || !this.#hasEnded || this.readableEnded) this.destroy(error)
    else this.once('end', () => this.destroy())
  }

  override _read(): void {
    this.#giveCredit()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    // Copied and then moved: the sender may use its buffer again, and a slice would be sent with all that it is cut from.
    const bytes = new Uint8Array(chunk)
    this.#unacknowledged += bytes.length
    this.post({ kind: 'data', bytes }, [bytes.buffer])
    this.#writeWaits = done
    this.#goOn()
  }

  override _final(done: () => void): void {
    this.post({ kind: 'end' })
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (!this.#isPeerClosed) {
      this.#isPeerClosed = true
      this.post(error === null ? { kind: 'closed' } : { kind: 'closed', error: encodeError(error) })
    }
    this.#port.close()
    done(error)
  }

  protected post(message: BridgeMessage, transfer: ArrayBuffer[] = []): void {
    this.#port.postMessage(message, transfer)
  }

  #goOn(): void {
    const done = this.#writeWaits
    if (done === null || this.#unacknowledged >= WINDOW_BYTES) return
    this.#writeWaits = null
    done()
  }

  #giveCredit(): void {
    if (this.#owedCredit === 0) return
    this.post({ kind: 'credit', bytes: this.#owedCredit })
    this.#owedCredit = 0
  }
}
