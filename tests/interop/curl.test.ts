import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { exchange } from '../server-lib/support.ts'
import { notesServer } from './notes-server.ts'
import { describeWith, outputOf, run } from './tools.ts'

// Programs, threads and processes start as fast as the machine lets them.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/** How curl says that --max-time was over. */
const OPERATION_TIMEDOUT = 28
const STATUS = ['--write-out', '%{stderr}%{http_code} %{num_connects}\n']

describeWith('curl', 'curl and an HTTP server made of StreamRequestHandler', () => {
  let notes: Awaited<ReturnType<typeof notesServer>>

  const curl = (args: string[], input?: string | Buffer) => run('curl', ['--silent', ...args], input)
  const post = (name: string, body: string | Buffer, ...options: string[]) =>
    curl([...STATUS, ...options, '--data-binary', '@-', `${notes.url}/${name}`], body)

  beforeAll(async () => {
    notes = await notesServer()
    await post('greeting', 'Hello World')
  })

  afterAll(() => notes[Symbol.asyncDispose]())

  test.each(['--http1.0', '--http1.1'])('GET with %s', async (version) => {
    expect(await curl([version, ...STATUS, `${notes.url}/greeting`])).toEqual({
      code: 0,
      output: Buffer.from('Hello World'),
      errors: '200 1\n',
    })
  })

  test('HEAD has the header of GET and no body', async () => {
    const [head, get] = await Promise.all([
      outputOf('curl', ['--silent', '--head', `${notes.url}/greeting`]),
      outputOf('curl', ['--silent', '--include', `${notes.url}/greeting`]),
    ])
    expect(head).toMatch(/^HTTP\/1.1 200 OK\r\n/)
    expect(head).toContain('Content-Length: 11\r\n')
    expect(get).toBe(`${head}Hello World`)
    // curl would overlook a body.
    const reply = await exchange(notes.address, 'HEAD /greeting HTTP/1.0\r\n\r\n')
    expect(reply).toBe(head.replace('keep-alive', 'close'))
  })

  test.each(['--http1.0', '--http1.1'])(
    'POST of 3 MB with %s arrives byte for byte, and comes back so',
    async (version) => {
      const body = randomBytes(3 * 1024 * 1024)
      const name = `large${version.replaceAll('.', '-')}`
      // Over HTTP/1.1 curl asks first whether it may, and here it would not begin without an answer.
      const patience = ['--expect100-timeout', '60', '--max-time', '30']
      expect(await post(name, body, version, ...patience)).toMatchObject({ errors: '201 1\n' })
      expect((await readFile(join(notes.folder, name))).equals(body)).toBe(true)
      expect((await curl([`${notes.url}/${name}`])).output.equals(body)).toBe(true)
    },
  )

  test('404, 403, 411, 501 and 400 where they belong', async () => {
    const status = async (...args: string[]) => (await curl([...STATUS, ...args])).errors.slice(0, 3)
    expect(await status(`${notes.url}/nothing`)).toBe('404')
    expect(await status('--path-as-is', `${notes.url}/../package.json`)).toBe('404')
    expect(await status('--data', 'x', '--path-as-is', `${notes.url}/../package.json`)).toBe('403')
    expect(await status('--data', 'x', '--header', 'Transfer-Encoding: chunked', `${notes.url}/x`)).toBe(
      '411',
    )
    expect(await status('--request', 'BREW', `${notes.url}/x`)).toBe('501')
    expect(await status('--header', 'no colon;', '--header', 'not a header: x', `${notes.url}/x`)).toBe('400')
  })

  test('one connection is kept for several requests, also after an error of one of them', async () => {
    const urls = ['greeting', 'nothing', 'greeting'].map((name) => `${notes.url}/${name}`)
    const { output, errors } = await curl([...STATUS, ...urls])
    expect(String(output)).toBe('Hello WorldThere is no such noteHello World')
    expect(errors).toBe('200 1\n404 0\n200 0\n')
  })

  test('HTTP/1.0 and "Connection: close" end the connection after the reply', async () => {
    const urls = [`${notes.url}/greeting`, `${notes.url}/greeting`]
    expect((await curl([...STATUS, '--http1.0', ...urls])).errors).toBe('200 1\n200 1\n')
    expect((await curl([...STATUS, '--header', 'Connection: close', ...urls])).errors).toBe('200 1\n200 1\n')
  })

  test('a client that gives up in the middle, of its own body or of the reply, disturbs nobody', async () => {
    const size = 8 * 1024 * 1024
    await post('huge', Buffer.alloc(size, '.'))
    const givesUp = ['--max-time', '0.5', '--limit-rate', '64k']
    const [download, upload] = await Promise.all([
      curl([...givesUp, `${notes.url}/huge`]),
      post('given-up', Buffer.alloc(size), ...givesUp),
    ])
    expect([download.code, upload.code]).toEqual([OPERATION_TIMEDOUT, OPERATION_TIMEDOUT])
    expect(download.output.length).toBeLessThan(size)
    expect(await curl([`${notes.url}/given-up`, ...STATUS])).toMatchObject({ errors: '404 1\n' })
    expect((await curl([`${notes.url}/huge`])).output.length).toBe(size)
  })

  test('a hundred at once are all served', async () => {
    const replies = await Promise.all(
      Array.from({ length: 100 }, () =>
        outputOf('curl', ['--silent', '--show-error', `${notes.url}/greeting`]),
      ),
    )
    expect(new Set(replies)).toEqual(new Set(['Hello World']))
  })
})
