import { Deserializer, Serializer } from 'node:v8'

/** V8's tag of an object that `_readHostObject()` reads, in the format that it keeps stable for stored data. */
const HOST_OBJECT_TAG = 0x5c

const BUFFER = 1
const SHARED = 2
const VIEW = 3

/** Every view but Buffer, numbered by its place. */
const VIEWS = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
]

/**
 * Writes a value for a child process as a thread would get it (structured clone), with two differences: shared memory
 * is copied, because processes share none, and a Buffer stays a Buffer.
 */
class CopyWriter extends Serializer {
  /** Called by V8 for what it cannot write. */
  _getDataCloneError = Error
  // Documented by Node, missing in its types.
  declare _setTreatArrayBufferViewsAsHostObjects: (treat: boolean) => void

  // V8 writes a number for shared memory and then cannot read it, so what is written before that number makes it a
  // host object with the content. V8 asks once for each: what refers to the same memory here does so in the child.
  _getSharedArrayBufferId(memory: SharedArrayBuffer): number {
    this.writeUint32(HOST_OBJECT_TAG)
    this.writeUint32(SHARED)
    this.#writeBytes(Buffer.from(new Uint8Array(memory)))
    return 0
  }

  _writeHostObject(object: object): void {
    if (!ArrayBuffer.isView(object)) throw new Error(`${object.constructor.name} could not be cloned`)
    if (Buffer.isBuffer(object)) {
      this.writeUint32(BUFFER)
      this.#writeBytes(object)
      return
    }
    const { buffer, byteOffset, byteLength } = object
    const kind = VIEWS.findIndex((View) => object instanceof View)
    this.writeUint32(VIEW + kind)
    this.writeUint32(byteOffset)
    this.writeUint32(object instanceof DataView ? byteLength : (object as Uint8Array).length)
    this.writeValue(buffer)
  }

  #writeBytes(bytes: Buffer): void {
    this.writeUint32(bytes.length)
    this.writeRawBytes(bytes)
  }
}

class CopyReader extends Deserializer {
  _readHostObject(): object {
    const kind = this.readUint32()
    if (kind === BUFFER) return this.#readBytes()
    if (kind === SHARED) return this.#readShared()
    const byteOffset = this.readUint32()
    const length = this.readUint32()
    const View = VIEWS[kind - VIEW] as new (buffer: unknown, byteOffset: number, length: number) => object
    return new View(this.readValue(), byteOffset, length)
  }

  #readShared(): SharedArrayBuffer {
    const content = this.#readBytes()
    const memory = new SharedArrayBuffer(content.length)
    new Uint8Array(memory).set(content)
    // The tag and the number that V8 has written for the memory.
    this.readUint32()
    this.readUint32()
    return memory
  }

  #readBytes(): Buffer {
    return Buffer.from(this.readRawBytes(this.readUint32()))
  }
}

/** @throws {Error} if `value` holds what cannot be cloned (a function, a key). */
export function encodeCopy(value: unknown): Buffer {
  const writer = new CopyWriter()
  writer._setTreatArrayBufferViewsAsHostObjects(true)
  writer.writeHeader()
  writer.writeValue(value)
  return writer.releaseBuffer()
}

/** What {@link encodeCopy} has written. */
export function decodeCopy(bytes: Uint8Array): unknown {
  const reader = new CopyReader(bytes)
  reader.readHeader()
  return reader.readValue()
}
