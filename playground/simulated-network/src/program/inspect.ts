import { Buffer } from '../node/buffer.ts'
import { readersStack } from './readers-stack.ts'

const MAX_DEPTH = 2
const MAX_ITEMS = 100
const MAX_BUFFER_BYTES = 50
/** A longer object is written with a line for each member. */
const LINE_LENGTH = 72
const IDENTIFIER = /^[\w$]+$/

/** Writes a value as Node does in the usual cases. */
export function inspect(value: unknown): string {
  return write(value, 0, [])
}

/** What `console.log(...args)` writes. */
export function format(...args: unknown[]): string {
  const [first, ...rest] = args
  if (typeof first !== 'string') return args.map(shown).join(' ')
  const text = first.replaceAll(/%[sdifjoOc%]/g, (directive) => {
    if (directive === '%%') return '%'
    if (rest.length === 0) return directive
    const value = rest.shift()
    if (directive === '%c') return ''
    if (directive === '%j') return JSON.stringify(value)
    if (directive === '%o' || directive === '%O') return inspect(value)
    if (directive === '%s') return shown(value)
    const number = Number(value)
    return String(directive === '%i' ? Math.trunc(number) : number)
  })
  return [text, ...rest.map(shown)].join(' ')
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : inspect(value)
}

function write(value: unknown, depth: number, parents: readonly object[]): string {
  switch (typeof value) {
    case 'string':
      return quoted(value)
    case 'bigint':
      return `${value}n`
    case 'function':
      return describeFunction(value)
    case 'object':
      return value === null ? 'null' : writeObject(value, depth, parents)
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'boolean':
    case 'undefined':
    case 'symbol':
      return String(value)
  }
}

function quoted(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"')
  const quote = ["'", '"', '`'].find((mark) => !text.includes(mark)) ?? "'"
  return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote
}

function describeFunction(value: { name: string }): string {
  const kind = Function.prototype.toString.call(value).startsWith('class') ? 'class' : 'Function:'
  return `[${kind} ${value.name === '' ? '(anonymous)' : value.name}]`
}

function writeObject(value: object, depth: number, parents: readonly object[]): string {
  if (parents.includes(value)) return '[Circular *1]'
  if (value instanceof Error) return writeError(value, depth, parents)
  if (value instanceof Buffer) return writeBuffer(value)
  if (value instanceof Date) return value.toISOString()
  if (value instanceof RegExp) return String(value)
  if (value instanceof Promise) return 'Promise { … }'
  const name = nameOf(value)
  if (depth > MAX_DEPTH) return Array.isArray(value) ? '[Array]' : `[${name}]`
  const inner = (member: unknown): string => write(member, depth + 1, [...parents, value])
  if (Array.isArray(value)) return bracketed('', '[', items(value, inner), ']')
  if (ArrayBuffer.isView(value) && Symbol.iterator in value) {
    const numbers = [...(value as Uint8Array)]
    return bracketed(`${name}(${numbers.length}) `, '[', items(numbers, inner), ']')
  }
  if (value instanceof Set) return bracketed(`Set(${value.size}) `, '{', items([...value], inner), '}')
  if (value instanceof Map) {
    const entries = Array.from(value, ([key, member]) => `${inner(key)} => ${inner(member)}`)
    return bracketed(`Map(${value.size}) `, '{', entries, '}')
  }
  const prefix = name === 'Object' ? '' : `${name} `
  return bracketed(prefix, '{', members(value, inner), '}')
}

function nameOf(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null) return '[Object: null prototype]'
  return value.constructor.name
}

function items(values: readonly unknown[], inner: (value: unknown) => string): string[] {
  const more = values.length - MAX_ITEMS
  const written = values.slice(0, MAX_ITEMS).map(inner)
  return more > 0 ? [...written, `... ${more} more items`] : written
}

function members(value: object, inner: (value: unknown) => string): string[] {
  return Object.entries(value).map(
    ([key, member]) => `${IDENTIFIER.test(key) ? key : quoted(key)}: ${inner(member)}`,
  )
}

function bracketed(prefix: string, open: string, parts: readonly string[], close: string): string {
  if (parts.length === 0) return `${prefix}${open}${close}`
  const line = `${prefix}${open} ${parts.join(', ')} ${close}`
  if (line.length <= LINE_LENGTH && !line.includes('\n')) return line
  const indented = parts.map((part) => `  ${part.replaceAll('\n', '\n  ')}`)
  return `${prefix}${open}\n${indented.join(',\n')}\n${close}`
}

function writeBuffer(value: Buffer): string {
  const hex = Array.from(value.subarray(0, MAX_BUFFER_BYTES), (byte) => byte.toString(16).padStart(2, '0'))
  const more = value.length - MAX_BUFFER_BYTES
  return `<Buffer${hex.map((byte) => ` ${byte}`).join('')}${more > 0 ? ` ... ${more} more bytes` : ''}>`
}

function writeError(error: Error, depth: number, parents: readonly object[]): string {
  const inner = (member: unknown): string => write(member, depth + 1, [...parents, error])
  const details = members(error, inner)
  const { cause } = error
  if (cause !== undefined) details.push(`[cause]: ${inner(cause)}`)
  const stack = readersStack(error)
  return details.length === 0 ? stack : `${stack} {\n  ${details.join(',\n').replaceAll('\n', '\n  ')}\n}`
}
