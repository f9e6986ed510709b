import { expect, test } from 'vitest'
import {
  MAX_PROGRAM_CHARACTERS,
  parseProgram,
  programText,
} from '../../playground/client/src/share/program-file.ts'
import {
  carriesProgram,
  programLink,
  programOfFragment,
  withoutProgram,
} from '../../playground/client/src/share/program-link.ts'

const PAGE = new URL('http://localhost:8080/playground')
const FILES = [
  { name: 'tcp-server.ts', source: "console.log('größer ✓')\n".repeat(40) },
  { name: 'tcp-client.ts', source: '' },
]

async function fragmentOf(files: typeof FILES): Promise<string> {
  return new URL(await programLink(PAGE, files)).hash
}

async function deflated(text: string): Promise<string> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('deflate-raw'))
  return Buffer.from(await new Response(stream).arrayBuffer()).toString('base64url')
}

test('programLink() carries the files in the fragment, compressed and in characters that no program escapes', async () => {
  const fragment = await fragmentOf(FILES)
  expect(fragment).toMatch(/^#code=[\w-]+$/)
  expect(fragment.length).toBeLessThan(300)
  expect((await programOfFragment(fragment))?.files).toEqual(FILES)
})

test('programOfFragment() finds the program beside an access token, in either order', async () => {
  const code = (await fragmentOf(FILES)).slice(1)
  for (const fragment of [`#token=abc&${code}`, `#${code}&token=abc`]) {
    expect((await programOfFragment(fragment))?.files).toEqual(FILES)
    expect(withoutProgram(fragment)).toBe('#token=abc')
  }
  expect(withoutProgram(`#${code}`)).toBe('')
})

test('carriesProgram() tells a heading from a program', () => {
  expect(carriesProgram('#run-it')).toBe(false)
  expect(carriesProgram('#code=')).toBe(true)
})

test.each([
  ['nothing', () => ''],
  ['what is not base64url', () => '%%%'],
  ['what is not deflated', () => 'aGVsbG8'],
  ['a link that was cut off', async () => (await fragmentOf(FILES)).slice('#code='.length, -10)],
  ['JSON of another kind', () => deflated('{"files":[]}')],
  ['a file name that leads elsewhere', () => deflated(programText([{ name: '../server.ts', source: '' }]))],
  ['a program of another version', () => deflated(programText(FILES).replace('"version":1', '"version":2'))],
])('programOfFragment() refuses %s', async (_what, code) => {
  expect(await programOfFragment(`#code=${await code()}`)).toBeUndefined()
})

test('programOfFragment() stops to inflate what is larger than a program may be', async () => {
  const bomb = await deflated(' '.repeat(100 * MAX_PROGRAM_CHARACTERS))
  expect(bomb.length).toBeLessThan(100_000)
  const begunMs = performance.now()
  expect(await programOfFragment(`#code=${bomb}`)).toBeUndefined()
  expect(performance.now() - begunMs).toBeLessThan(1000)
})

test('parseProgram() reads what programText() has written, and no more than a playground holds', () => {
  expect(parseProgram(programText(FILES, 2))?.files).toEqual(FILES)
  expect(parseProgram(programText([]))).toBeUndefined()
  expect(
    parseProgram(programText(Array.from({ length: 17 }, () => ({ name: 'a.ts', source: '' })))),
  ).toBeUndefined()
  expect(parseProgram('not JSON')).toBeUndefined()
})
