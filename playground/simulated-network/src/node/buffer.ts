import { decodeText, encodeText, isEncoding, type Encoding } from '../text-encoding.ts'

type Data = string | ArrayBuffer | ArrayLike<number> | Iterable<number>

/** The methods `readUInt16BE`, `writeUInt16BE` and so on, by what a DataView calls them. */
const NUMBERS = {
  UInt8: ['Uint8', 1],
  Int8: ['Int8', 1],
  UInt16: ['Uint16', 2],
  Int16: ['Int16', 2],
  UInt32: ['Uint32', 4],
  Int32: ['Int32', 4],
  BigUInt64: ['BigUint64', 8],
  BigInt64: ['BigInt64', 8],
  Float: ['Float32', 4],
  Double: ['Float64', 8],
} as const

/** What the library and readers' programs use of Node's Buffer. */
export class Buffer extends Uint8Array<ArrayBuffer> {
  static poolSize = 0

  constructor(memory: number | ArrayBuffer, offset?: number, length?: number) {
    super(typeof memory === 'number' ? new ArrayBuffer(memory) : memory, offset, length)
  }

  static override from(data: Data, encodingOrOffset?: unknown, length?: number): Buffer {
    if (typeof data === 'string') {
      const bytes = encodeText(data, encodingOrOffset as Encoding | undefined)
      return new Buffer(bytes.buffer, bytes.byteOffset, bytes.length)
    }
    if (data instanceof ArrayBuffer) return new Buffer(data, Number(encodingOrOffset ?? 0), length)
    const values = Array.from(data)
    const copy = new Buffer(values.length)
    copy.set(values)
    return copy
  }

  static alloc(size: number, filling: string | number | Uint8Array = 0): Buffer {
    return new Buffer(size).fill(filling)
  }

  static allocUnsafe(size: number): Buffer {
    return new Buffer(size)
  }

  static allocUnsafeSlow(size: number): Buffer {
    return new Buffer(size)
  }

  static isBuffer(value: unknown): boolean {
    return value instanceof Buffer
  }

  static isEncoding(name: string): boolean {
    return isEncoding(name)
  }

  static byteLength(data: string | ArrayBufferView | ArrayBuffer, encoding?: Encoding): number {
    return typeof data === 'string' ? encodeText(data, encoding).length : data.byteLength
  }

  static concat(
    parts: readonly Uint8Array[],
    total = parts.reduce((sum, { length }) => sum + length, 0),
  ): Buffer {
    const joined = new Buffer(total)
    let at = 0
    for (const part of parts) {
      joined.set(part.subarray(0, total - at), at)
      at += Math.min(part.length, total - at)
    }
    return joined
  }

  static compare(one: Uint8Array, other: Uint8Array): number {
    for (let index = 0; index < Math.min(one.length, other.length); index++) {
      const difference = (one[index] ?? 0) - (other[index] ?? 0)
      if (difference !== 0) return Math.sign(difference)
    }
    return Math.sign(one.length - other.length)
  }

  override toString(encoding?: Encoding, start = 0, end = this.length): string {
    return decodeText(this.subarray(start, end), encoding)
  }

  toJSON(): { type: 'Buffer'; data: number[] } {
    return { type: 'Buffer', data: [...this] }
  }

  equals(other: Uint8Array): boolean {
    return Buffer.compare(this, other) === 0
  }

  compare(other: Uint8Array): number {
    return Buffer.compare(this, other)
  }

  copy(target: Uint8Array, targetStart = 0, start = 0, end = this.length): number {
    const part = this.subarray(start, Math.min(end, start + target.length - targetStart))
    target.set(part, targetStart)
    return part.length
  }

  write(text: string, offset = 0): number {
    const bytes = encodeText(text).subarray(0, this.length - offset)
    this.set(bytes, offset)
    return bytes.length
  }

  /** Shares its memory with the original, as in Node. */
  override slice(start?: number, end?: number): Buffer {
    return this.subarray(start, end)
  }

  override subarray(start?: number, end?: number): Buffer {
    const part = super.subarray(start, end)
    return new Buffer(part.buffer, part.byteOffset, part.length)
  }

  override fill(value: string | number | Uint8Array, start = 0, end = this.length): this {
    if (typeof value === 'number') return super.fill(value, start, end)
    const pattern = typeof value === 'string' ? encodeText(value) : value
    if (pattern.length === 0) return super.fill(0, start, end)
    for (let at = start; at < end; at++) this[at] = pattern[(at - start) % pattern.length] ?? 0
    return this
  }

  override indexOf(value: string | number | Uint8Array, from = 0): number {
    if (typeof value === 'number') return super.indexOf(value, from)
    const bytes = typeof value === 'string' ? encodeText(value) : value
    const begin = from < 0 ? Math.max(0, this.length + from) : from
    for (let at = begin; at + bytes.length <= this.length; at++) {
      if (bytes.every((byte, index) => this[at + index] === byte)) return at
    }
    return -1
  }

  override includes(value: string | number | Uint8Array, from = 0): boolean {
    return this.indexOf(value, from) !== -1
  }
}

for (const [name, [type, size]] of Object.entries(NUMBERS)) {
  for (const order of size === 1 ? [''] : ['BE', 'LE'])
    addNumber(`${name}${order}`, type, size, order === 'LE')
}

function addNumber(name: string, type: string, size: number, isLittle: boolean): void {
  const call = (buffer: Buffer, method: string, ...args: unknown[]): unknown => {
    const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length)
    return Reflect.apply(Reflect.get(view, method) as () => unknown, view, args)
  }
  const methods = {
    [`read${name}`](this: Buffer, offset = 0): unknown {
      return call(this, `get${type}`, offset, isLittle)
    },
    [`write${name}`](this: Buffer, value: number | bigint, offset = 0): number {
      call(this, `set${type}`, offset, value, isLittle)
      return offset + size
    },
  }
  for (const [key, value] of Object.entries(methods)) {
    // Node has readUint16BE beside readUInt16BE.
    for (const alias of [key, key.replace('UInt', 'Uint')]) {
      Object.defineProperty(Buffer.prototype, alias, { value, configurable: true, writable: true })
    }
  }
}

export function isUtf8(data: ArrayBuffer | Uint8Array<ArrayBuffer>): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(data)
    return true
  } catch {
    return false
  }
}

export default { Buffer, isUtf8 }
