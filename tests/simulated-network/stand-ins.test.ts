import { isUtf8 as nodeIsUtf8 } from 'node:buffer'
import { inspect as nodeInspect, format as nodeFormat, parseArgs as nodeParseArgs } from 'node:util'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { Buffer as SimulatedBuffer, isUtf8 } from '../../playground/simulated-network/src/node/buffer.ts'
import * as path from '../../playground/simulated-network/src/node/path.ts'
import { parseArgs } from '../../playground/simulated-network/src/node/util.ts'
import { format, inspect } from '../../playground/simulated-network/src/program/inspect.ts'
import { originOf, setSource } from '../../playground/simulated-network/src/program/source-positions.ts'

/** Done with Node's Buffer and with the one that stands for it; what comes out is compared. */
const BUFFER_USES: ((Kind: typeof Buffer) => unknown)[] = [
  (Kind) => Kind.from('grüße').toString('hex'),
  (Kind) => Kind.from('grüße').toString('base64'),
  (Kind) => Kind.from('_-8', 'base64url').toString('base64url'),
  (Kind) => Kind.from('c3b6', 'hex').toString(),
  (Kind) => Kind.from('öl', 'latin1').toString('hex'),
  (Kind) => Kind.byteLength('grüße'),
  (Kind) => Kind.alloc(5, 'ab').toString(),
  (Kind) => Kind.concat([Kind.from('one'), Kind.from('two')], 5).toString(),
  (Kind) => Kind.from('a line\nanother').indexOf('\n'),
  (Kind) => Kind.from('a line\nanother').indexOf(10, 7),
  (Kind) => Kind.from('abcabc').indexOf(Kind.from('ca')),
  (Kind) => Kind.from('abc').equals(Kind.from('abc')),
  (Kind) => Kind.compare(Kind.from('abc'), Kind.from('abd')),
  (Kind) => {
    const buffer = Kind.from('shared')
    buffer.subarray(0, 3)[0] = 83
    buffer.subarray(3)[0] = 82
    return buffer.toString()
  },
  (Kind) => {
    const buffer = Kind.alloc(16)
    buffer.writeUInt16BE(0x1234, 0)
    buffer.writeUInt32LE(0xdeadbeef, 2)
    buffer.writeInt8(-5, 6)
    buffer.writeBigUInt64BE(2n ** 60n, 8)
    return [
      buffer.readUInt16LE(0),
      buffer.readInt32LE(2),
      buffer.readUint8(6),
      String(buffer.readBigInt64BE(8)),
    ]
  },
  (Kind) => {
    const target = Kind.alloc(4)
    return [Kind.from('abcdef').copy(target, 1, 2), target.toString('latin1')]
  },
  (Kind) => JSON.stringify(Kind.from('hi')),
  (Kind) => Kind.from([1, 2, 3]).map((byte) => byte * 2).length,
  (Kind) => Kind.isBuffer(Kind.from('x').subarray(0)),
]

test.each(BUFFER_USES.map((use) => [use.toString(), use] as const))('Buffer as in Node: %s', (_, use) => {
  expect(use(SimulatedBuffer as unknown as typeof Buffer)).toEqual(use(Buffer))
})

test.each([[[]], [[0x68, 0x69]], [[0xc3, 0xb6]], [[0xc3]], [[0xff, 0x61]], [[0xed, 0xa0, 0x80]]])(
  'isUtf8() of %j is as in Node',
  (bytes) => {
    expect(isUtf8(Uint8Array.from(bytes))).toBe(nodeIsUtf8(Uint8Array.from(bytes)))
  },
)

class Point {
  x = 1
  label = 'p'
}

test.each([
  'text',
  "it's",
  42,
  -0,
  10n,
  true,
  null,
  undefined,
  [1, 'two', [3, [4, [5]]]],
  { a: 1, 'b-c': 'x', nested: { deep: { deeper: { deepest: 1 } } } },
  new Map([['key', { value: 1 }]]),
  new Set([1, 2]),
  new Uint8Array([1, 2, 3]),
  new Point(),
  { host: '127.0.0.1', port: 9999 },
  [],
  {},
  Point,
  function named() {},
])('inspect() writes %o as Node does', (value) => {
  expect(inspect(value)).toBe(nodeInspect(value))
})

test('console.log() puts its arguments together as Node does', () => {
  for (const args of [
    ['%s has %d bytes', 'it', 5, 'more'],
    ['100%', 1],
    ['a', { b: 1 }, [2]],
    [1, 'x'],
    [],
  ]) {
    expect(format(...args)).toBe(nodeFormat(...args))
  }
})

test('parseArgs() reads the arguments of a ready client as Node does', () => {
  const config = {
    args: ['localhost', '9999', '--chunk-bytes', '3', '--half-close', '--delay-ms=20'],
    allowPositionals: true,
    options: {
      'chunk-bytes': { type: 'string', default: 'Infinity' },
      'delay-ms': { type: 'string', default: '0' },
      'half-close': { type: 'boolean', default: false },
      abort: { type: 'boolean', default: false },
    },
  } as const
  const { values, positionals } = nodeParseArgs(config)
  expect(parseArgs({ ...config, args: [...config.args] })).toEqual({ values: { ...values }, positionals })
})

describe('path', () => {
  test.each([
    ['/tmp', 'notes', '../x'],
    ['a', './b', ''],
    ['/', '..', 'a'],
  ])('join(%s, %s, %s) as in Node', async (...parts) => {
    const node = await import('node:path/posix')
    expect(path.join(...parts)).toBe(node.join(...parts))
    expect(path.dirname(`/${parts.join('/')}/x.ts`)).toBe(
      node.dirname(node.normalize(`/${parts.join('/')}/x.ts`)),
    )
  })
})

test("a place in the code of a program is found in the reader's file", () => {
  const source = `interface Gone {
  name: string
}

export function fail(what: Gone): never {
  const text: string = what.name
  throw new Error(text)
}
`
  const { outputText, sourceMapText } = ts.transpileModule(source, {
    fileName: 'a.ts',
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, sourceMap: true },
  })
  const { mappings } = JSON.parse(sourceMapText ?? '') as { mappings: string }
  setSource('blob:a', { name: 'a.ts', mappings })
  const lines = outputText.split('\n')
  const line = lines.findIndex((text) => text.includes('new Error')) + 1
  const column = (lines[line - 1] ?? '').indexOf('new Error') + 1
  expect(originOf('blob:a', line, column)).toBe('a.ts:7:9')
  expect(originOf('blob:other', line, column)).toBeUndefined()
})
