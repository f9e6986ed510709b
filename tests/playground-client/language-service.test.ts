import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { writeLanguageTypes } from '../../.vitepress/language-types.ts'
import { LanguageService } from '../../playground/client/src/language/language-service.ts'
import type { LanguageTypes } from '../../playground/client/src/language/language-types.ts'

const SERVER = '/page/server.ts'
const CLIENT = '/page/client.ts'
const HANDLER = `import { BaseRequestHandler } from 'socketserver-ts'

export class Handler extends BaseRequestHandler {
  async handle() {
    const data = await this.request.recv(1024)
    console.log(data.length)
  }
}
`

let service: LanguageService

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'language-types-'))
  try {
    const file = join(directory, 'types.json')
    await writeLanguageTypes(file)
    service = new LanguageService(JSON.parse(await readFile(file, 'utf8')) as LanguageTypes)
  } finally {
    await rm(directory, { recursive: true })
  }
})

test('problems() finds none in a program of the library and Node', () => {
  service.setFile(SERVER, HANDLER)
  expect(service.problems(SERVER)).toEqual([])
})

test('problems() gives the place, and the options of docs/examples hold', () => {
  service.setFile(SERVER, 'const words: string[] = []\nexport const length: number = words[0]\nlet unused\n')
  expect(service.problems(SERVER)).toEqual([
    {
      from: 40,
      to: 46,
      severity: 'error',
      message:
        "Type 'string | undefined' is not assignable to type 'number'.\n  Type 'undefined' is not assignable to type 'number'.",
    },
    { from: 70, to: 76, severity: 'warning', message: "'unused' is declared but its value is never read." },
  ])
})

test('problems() of a file change with the file that it imports, and files of other folders do not share names', () => {
  service.setFile(SERVER, 'export const port = 9999\n')
  service.setFile(CLIENT, "import { port } from './server.ts'\nexport const text: string = port\n")
  service.setFile('/other/server.ts', "const port = 'another'\nconsole.log(port)\n")
  expect(service.problems(CLIENT)).toHaveLength(1)
  expect(service.problems('/other/server.ts')).toEqual([])
  service.setFile(SERVER, "export const port = '9999'\n")
  expect(service.problems(CLIENT)).toEqual([])
  service.removeFile(SERVER)
  expect(service.problems(CLIENT)).toMatchObject([{ message: /Cannot find module/ }])
})

test('hover() tells the type and the doc comment of the library and of Node', () => {
  service.setFile(SERVER, HANDLER)
  const recv = service.hover(SERVER, HANDLER.indexOf('recv'))
  expect(recv?.description.type).toBe('(method) StreamSocket.recv(max: number): Promise<Buffer>')
  expect(recv?.description.documentation).toMatch(/^Receives what has arrived/)
  const log = service.hover(SERVER, HANDLER.indexOf('log'))
  expect(log?.description.documentation).toMatch(/^Prints to `stdout`/)
  expect(service.hover(SERVER, HANDLER.length)).toBeUndefined()
})

test('completions() offers what is not imported, and completionDetails() imports it', () => {
  const source = HANDLER.replace('console', 'new ThreadingTCPSer\nconsole')
  service.setFile(SERVER, source)
  const position = source.indexOf('Ser\n') + 3
  const completion = service.completions(SERVER, position).find(({ name }) => name === 'ThreadingTCPServer')
  expect(completion).toMatchObject({ kind: 'class', source: 'socketserver-ts' })
  const details = completion && service.completionDetails(SERVER, position, completion)
  expect(details?.edits).toEqual([{ from: 27, to: 27, insert: ', ThreadingTCPServer' }])
  expect(details?.description.type).toMatch(/^constructor ThreadingTCPServer</)
})

test('formatting() lays a file out as the examples are', () => {
  const source = "if(true){\n console . log('a') ;\n}\n"
  service.setFile(SERVER, source)
  let formatted = source
  for (const { from, to, insert } of service.formatting(SERVER).toReversed()) {
    formatted = formatted.slice(0, from) + insert + formatted.slice(to)
  }
  expect(formatted).toBe("if (true) {\n  console.log('a')\n}\n")
})

test('an empty file is a file', () => {
  service.setFile(SERVER, '')
  expect(service.problems(SERVER)).toEqual([])
})
