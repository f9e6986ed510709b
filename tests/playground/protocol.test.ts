import {
  decodeOutputFrame,
  encodeOutputFrame,
  parseProgramEvent,
  parseServerFrame,
  ProtocolError,
} from '@playground/protocol'
import { expect, test } from 'vitest'

test.each(['stdout', 'stderr'] as const)(
  'decodeOutputFrame() gives back what was encoded for %s',
  (stream) => {
    const frame = { number: 0xffff_fffe, run: 0xffff_ffff, stream, data: Uint8Array.of(0, 255, 10) }
    expect(decodeOutputFrame(encodeOutputFrame(frame))).toEqual(frame)
  },
)

test('decodeOutputFrame() reads a frame that lies within a larger buffer', () => {
  const frame = encodeOutputFrame({ number: 2, run: 3, stream: 'stderr', data: Uint8Array.of(7) })
  const larger = new Uint8Array(32)
  larger.set(frame, 9)
  const decoded = decodeOutputFrame(larger.subarray(9, 9 + frame.length))
  expect(decoded).toEqual({ number: 2, run: 3, stream: 'stderr', data: Uint8Array.of(7) })
})

test.each([
  { name: 'a frame without its header', frame: Uint8Array.of(1, 0, 0, 0, 1, 0, 0, 0) },
  { name: 'a frame of no stream', frame: Uint8Array.of(3, 0, 0, 0, 1, 0, 0, 0, 1) },
])('decodeOutputFrame() throws at $name', ({ frame }) => {
  expect(() => decodeOutputFrame(frame)).toThrow(ProtocolError)
})

test('parseProgramEvent() takes a path for an address', () => {
  expect(parseProgramEvent('{"type":"listening","address":"/tmp/a"}')).toMatchObject({ address: '/tmp/a' })
})

test.each(['', '[]', '{"type":"exited","run":1}', '{"type":"listening","address":{"host":1,"port":1}}'])(
  'parseProgramEvent() throws at %s',
  (text) => {
    expect(() => parseProgramEvent(text)).toThrow(ProtocolError)
  },
)

test('parseServerFrame() throws at a code that is not of the protocol', () => {
  expect(() =>
    parseServerFrame(
      '{"type":"message","number":1,"message":{"type":"refused","code":"other","message":""}}',
    ),
  ).toThrow(ProtocolError)
})
