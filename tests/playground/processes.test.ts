import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { Page } from './page.ts'
import { isAlive, openServer, processesWithArgument, until } from './support.ts'

const STUBBORN = `
  process.on('SIGTERM', () => console.log('not yet'))
  setInterval(() => {}, 1000)
  console.log('ready')`

/** A program with a child in its group, a detached child, and a child of that one; it prints their pids. */
const FAMILY = `
  import { spawn } from 'node:child_process'
  const nap = ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)']
  const parent = ['-e', \`
    process.on("SIGTERM", () => {})
    const { spawn } = require("node:child_process")
    const child = spawn(process.execPath, \${JSON.stringify(nap)}, { stdio: "inherit", detached: true })
    console.log("pid", process.pid)
    console.log("pid", child.pid)
    setInterval(() => {}, 1000)\`]
  const near = spawn(process.execPath, nap, { stdio: 'inherit', env: {} })
  console.log('pid', near.pid)
  spawn(process.execPath, parent, { stdio: 'inherit', detached: true })
  console.log('pid', process.pid)`

async function family(page: Page): Promise<number[]> {
  const pids = () => [...page.output().matchAll(/pid (\d+)/g)].map(([, pid]) => Number(pid))
  await until(() => pids().length === 4)
  return pids()
}

function allGone(pids: number[]): boolean {
  return !pids.some(isAlive)
}

test('interrupt reaches the children of a program too, as Ctrl-C in a terminal does', async () => {
  const page = await Page.open(await openServer())
  const { run } = await page.start(`
    import { spawn } from 'node:child_process'
    process.once('SIGINT', () => undefined)
    const nap = 'setInterval(() => {}, 1000); console.log("ready")'
    spawn(process.execPath, ['-e', nap], { stdio: 'inherit' }).once('exit', (_code, signal) => console.log(signal))`)
  await page.printed('ready')
  page.send({ type: 'interrupt', run })
  expect(await page.message('exited', run)).toMatchObject({ code: 0 })
  expect(page.output()).toBe('ready\nSIGINT\n')
})

test('stop ends a program at once and says that it was stopped', async () => {
  const page = await Page.open(await openServer())
  const { run, pid } = await page.start('setInterval(() => {}, 1000)')
  page.send({ type: 'stop', run })
  expect(await page.message('exited', run)).toMatchObject({ code: null, signal: 'SIGTERM', stopped: true })
  expect(isAlive(pid)).toBe(false)
})

test('stop lets a program end in its own way', async () => {
  const page = await Page.open(await openServer())
  const { run } = await page.start(`
    process.once('SIGTERM', () => setTimeout(() => { console.log('bye'); process.exit(4) }, 100))
    setInterval(() => {}, 1000)
    console.log('ready')`)
  await page.printed('ready')
  page.send({ type: 'stop', run })
  expect(await page.message('exited', run)).toMatchObject({ code: 4, signal: null, stopped: true })
  expect(page.output()).toBe('ready\nbye\n')
})

test('stop kills a program that ignores SIGTERM after the grace', async () => {
  const page = await Page.open(await openServer())
  const { run, pid } = await page.start(STUBBORN)
  await page.printed('ready')
  const begun = performance.now()
  page.send({ type: 'stop', run })
  page.send({ type: 'stop', run })
  expect(await page.message('exited', run)).toMatchObject({ code: null, signal: 'SIGKILL', stopped: true })
  expect(performance.now() - begun).toBeGreaterThan(1400)
  expect(performance.now() - begun).toBeLessThan(3000)
  expect(page.output()).toBe('ready\nnot yet\n')
  expect(isAlive(pid)).toBe(false)
})

test('stop ends an endless loop within the grace', async () => {
  const page = await Page.open(await openServer())
  const { run } = await page.start('console.log("ready"); while (true) {}')
  await page.printed('ready')
  const begun = performance.now()
  page.send({ type: 'stop', run })
  await page.message('exited', run)
  expect(performance.now() - begun).toBeLessThan(1000)
})

test('stop ends the whole tree of a run, detached processes too', async () => {
  const page = await Page.open(await openServer())
  const { run } = await page.start(`${FAMILY}\nsetInterval(() => {}, 1000)`)
  const pids = await family(page)
  page.send({ type: 'stop', run })
  await page.message('exited', run)
  expect(allGone(pids)).toBe(true)
})

test('the end of a program is not delayed by what it leaves behind, and ends it', async () => {
  const page = await Page.open(await openServer())
  const { run, pid } = await page.start(`${FAMILY}\nprocess.stdin.once('data', () => process.exit(5))`)
  const pids = await family(page)
  expect(pids).toContain(pid)
  page.send({ type: 'input', run, data: '\n' })
  expect(await page.message('exited', run)).toMatchObject({ code: 5, stopped: false })
  expect(allGone(pids)).toBe(true)
})

test('stop ends a run whose output is held open by a process that hid', async () => {
  const page = await Page.open(await openServer())
  const { run } = await page.start(`
    import { spawn } from 'node:child_process'
    const hidden = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 8000)'], {
      detached: true, env: {}, stdio: 'inherit',
    })
    console.log('pid', hidden.pid)
    process.stdin.once('data', () => process.exit())`)
  await page.printed('pid')
  const hidden = Number(/\d+/.exec(page.output())?.[0])
  page.send({ type: 'input', run, data: '\n' })
  page.send({ type: 'stop', run })
  await page.message('exited', run)
  process.kill(hidden, 'SIGKILL')
})

test('a page that closes leaves no process and no directory within two seconds', async () => {
  const page = await Page.open(await openServer())
  const stubborn = await page.start(STUBBORN)
  await page.start(`console.log(\`cwd \${process.cwd()}.\`)\n${FAMILY}\nsetInterval(() => {}, 1000)`)
  await page.start('while (true) {}')
  const pids = [stubborn.pid, ...(await family(page))]
  await page.printed('ready')
  const directory = /cwd (.*)\./.exec(page.output())?.[1] ?? ''
  expect(existsSync(directory)).toBe(true)
  const begun = performance.now()
  await page.close()
  await until(() => allGone(pids) && !existsSync(directory))
  expect(performance.now() - begun).toBeLessThan(2000)
})

test('a page that is gone while its program is being started leaves no process', async () => {
  const server = await openServer()
  const page = await Page.open(server)
  const id = randomUUID()
  const longToTranspile = 'void 0\n'.repeat(30_000)
  page.request(`setInterval(() => {}, 1000)\n${longToTranspile}`, { arguments: [id] })
  // Its refusal comes at once, and says that the start before it has begun.
  page.webSocket.send('not of the protocol')
  await page.message('refused')
  page.webSocket.terminate()
  await server.close()
  // A start that the end of its session has not caught is over before this one, which comes after it.
  const next = await Page.open(await openServer())
  await next.execute('')
  expect(processesWithArgument(id)).toEqual([])
})

test('close() of the server ends every session and everything it started', async () => {
  const server = await openServer()
  const pages = await Promise.all([Page.open(server), Page.open(server)])
  const programs = await Promise.all(pages.map((page) => page.start('setInterval(() => {}, 1000)')))
  await Promise.all([server.close(), server.close()])
  expect(allGone(programs.map(({ pid }) => pid))).toBe(true)
  await expect(fetch(server.origin)).rejects.toThrow()
})

test('close() of the server does not wait for a request that does not end', async () => {
  const server = await openServer()
  const socket = connect(server.port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write('GET / HTTP/1.1\r\n')
  await fetch(server.origin)
  const begun = performance.now()
  await server.close()
  expect(performance.now() - begun).toBeLessThan(2000)
})
