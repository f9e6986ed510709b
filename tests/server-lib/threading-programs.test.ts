import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'

const run = promisify(execFile)
const PROGRAM = fileURLToPath(new URL('./fixtures/threading-program.mjs', import.meta.url))

// A process that did not end would run into the limit.
const LIMIT = { timeout: 10_000 }

describe.each([
  ['with koffi', {}],
  ['without koffi', { SOCKETSERVER_TS_NO_KOFFI: '1' }],
])('a program with threads, %s,', { timeout: 20_000 }, (_name, settings) => {
  const outputOf = async (...words: string[]) => {
    const env = { ...process.env, ...settings }
    const { stdout, stderr } = await run(process.execPath, words, { ...LIMIT, env })
    return stdout + stderr
  }

  test('ends after its threads', async () => {
    expect(await outputOf(PROGRAM, 'not-daemon')).toBe('main ends\nfinished\n')
  })

  test('prints all that they print', async () => {
    const lines = (await outputOf(PROGRAM, 'printing')).match(/^line \d+/gm)
    expect(lines).toEqual(Array.from({ length: 2000 }, (_, index) => `line ${index + 1}`))
  })

  test('does not wait for daemon threads', async () => {
    expect(await outputOf(PROGRAM, 'daemon')).toBe('main ends\n')
  })

  test('does not wait for the loop of serveInThread() and its requests', async () => {
    expect(await outputOf(PROGRAM, 'loop')).toBe('main ends\n')
  })

  test('may serve in a top-level await of the module of its handler', async () => {
    expect(await outputOf(PROGRAM, 'await')).toBe('finished\nmain ends\n')
  })

  test('may stand on the command line, with its handler in a module', async () => {
    const program = `
      import { connect, ThreadingTCPServer } from 'socketserver-ts'
      import { SlowHandler } from ${JSON.stringify(PROGRAM)}
      const server = new ThreadingTCPServer({ host: '127.0.0.1', port: 0 }, SlowHandler)
      await server.listen()
      void server.serveForever()
      const client = await connect(server.serverAddress)
      console.log(String(await client.recv(16)))
      await server.serverClose()`
    const output = await outputOf('--input-type=module', '-e', program)
    expect(output).toBe('begun\nfinished\n')
  })
})

test('a program that starts its server without isMain() is told so, and starts one server only', async () => {
  const program = fileURLToPath(new URL('./fixtures/unguarded-program.mjs', import.meta.url))
  const { stdout, stderr } = await run(process.execPath, [program], LIMIT)
  expect(stdout).toBe('listening\n')
  expect(stderr).toContain('a program must start its servers only if isMain(import.meta)')
}, 20_000)

test('a thread has the arguments of the program', async () => {
  const program = fileURLToPath(new URL('./fixtures/threading-program.mjs', import.meta.url))
  const { stdout } = await run(process.execPath, [program, 'arguments', 'one', 'two'], LIMIT)
  expect(stdout).toBe('arguments,one,two\nmain ends\n')
}, 20_000)
