import { chmod, copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { readdirSync, readFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Page } from '../page.ts'
import { startMain } from '../start-main.ts'
import { isAlive, openServer, parseUrl, until } from '../support.ts'
import { CAN_WALL, openTestRunner } from './execution.ts'

/** Attacks take what the machine has, and other tests run beside them. */
const TIMEOUT_MS = 30_000

const WALLED = { PLAY_RUNNER: undefined }
const IS_ROOT = process.getuid?.() === 0

/** A user of no name, as a server has in most containers. */
const NOBODY_IN_PARTICULAR = 58_123

/** Stays when it is asked to go, in the group and out of it. */
const STUBBORN = `
  import { spawn } from 'node:child_process'
  process.on('SIGTERM', () => undefined)
  const nap = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)'
  spawn(process.execPath, ['-e', nap], { detached: true, env: {}, stdio: 'ignore' })
  setInterval(() => {}, 1000)
  console.log(process.getuid(), 'ready')`

// Without bubblewrap no server is walled: scripts/ensure-tools.mjs installs it.
describe.skipIf(!CAN_WALL)('a walled server', { timeout: TIMEOUT_MS }, () => {
  test('starts without a word of walls, and its pages too', async () => {
    const main = await startMain(['--port', '0'], WALLED)
    const page = await Page.open(parseUrl(await main.url()))
    expect(await page.execute('console.log(process.cwd())')).toMatchObject({ code: 0 })
    expect(page.output()).toBe('/tmp\n')
    expect(main.stderr()).toBe('')
  })

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'ends every sandbox at %s, and exits with code 0',
    async (signal) => {
      const main = await startMain(['--port', '0'], WALLED)
      const page = await Page.open(parseUrl(await main.url()))
      await page.start(STUBBORN)
      await page.printed('ready')
      const processes = descendantsOf(main.pid)
      expect(processes.length).toBeGreaterThan(4)
      main.kill(signal)
      expect(await main.exited).toEqual([0, null])
      expect(processes.filter(isAlive)).toEqual([])
      expect(await directoriesOf(main.pid)).toEqual([])
    },
  )

  test('leaves no process when it is killed, and its files only until the next one starts', async () => {
    const main = await startMain(['--port', '0'], WALLED)
    const page = await Page.open(parseUrl(await main.url()))
    await page.start(STUBBORN)
    await page.printed('ready')
    const processes = descendantsOf(main.pid)
    expect(processes.length).toBeGreaterThan(4)
    main.kill('SIGKILL')
    await until(() => !processes.some(isAlive))
    expect((await directoriesOf(main.pid)).length).toBe(1)
    await openServer()
    expect(await directoriesOf(main.pid)).toEqual([])
  })

  test('keeps from its programs what whoever started it had open', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'inherited-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const [secret, node] = [join(folder, 'secret'), join(folder, 'node')]
    // Node keeps the first ones from its children by itself.
    const script = `#!/usr/bin/env bash\nexec 200>"${secret}"\nexec "${process.execPath}" "$@"\n`
    await writeFile(node, script, { mode: 0o755 })
    const main = await startMain(['--port', '0'], WALLED, { node })
    const page = await Page.open(parseUrl(await main.url()))
    await page.execute(`
      import { readdirSync, readlinkSync } from 'node:fs'
      const attempt = (act) => { try { return act() } catch { return [] } }
      const links = readdirSync('/proc').flatMap((pid) => {
        const folder = '/proc/' + pid + '/fd/'
        return attempt(() => readdirSync(folder)).map((fd) => attempt(() => readlinkSync(folder + fd)))
      })
      console.log(links.length > 10, links.filter((link) => link.includes('secret')))`)
    expect(page.output()).toBe('true []\n')
  })

  test('closes while sandboxes are being made, and leaves nothing', async () => {
    const runner = await openTestRunner()
    const opening = Promise.allSettled([1, 2, 3].map(() => runner.open()))
    await runner.close()
    const sandboxes = (await opening).flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
    expect(await Promise.all(sandboxes.map(({ ended }) => ended))).toEqual(sandboxes.map(() => undefined))
    expect(await directoriesOf(process.pid)).toEqual([])
  })

  test.skipIf(!IS_ROOT)('walls programs for an ordinary user, and ends their sandboxes', async () => {
    const main = await startMain(['--port', '0', '--docs', await openDocs()], WALLED, {
      uid: NOBODY_IN_PARTICULAR,
    })
    const page = await Page.open(parseUrl(await main.url()))
    await page.start(STUBBORN)
    await page.printed('1000 ready')
    const processes = descendantsOf(main.pid)
    main.kill('SIGKILL')
    await until(() => !processes.some(isAlive))
    expect(main.stderr()).toBe('')
  })

  test.skipIf(!IS_ROOT)('runs no sandbox as root, and none as the user of another', async () => {
    const main = await startMain(['--port', '0'], WALLED)
    const pages = await Promise.all([1, 2].map(async () => Page.open(parseUrl(await main.url()))))
    for (const page of pages) {
      await page.start('console.log(process.getuid(), "ready"); setInterval(() => {}, 1000)')
      await page.printed('1000 ready')
    }
    const users = descendantsOf(main.pid)
      .filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('agent/main.js'))
      .map((pid) => /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1])
    expect(users).not.toContain('0')
    expect(new Set(users).size).toBeGreaterThanOrEqual(2)
  })

  test.skipIf(!IS_ROOT)('walls programs when its Node lies in a folder that only root can read', async () => {
    const closed = await mkdtemp(join(tmpdir(), 'closed-'))
    onTestFinished(() => rm(closed, { recursive: true }))
    const node = join(closed, 'node')
    await copyFile(process.execPath, node)
    const main = await startMain(['--port', '0'], WALLED, { node })
    const page = await Page.open(parseUrl(await main.url()))
    expect(await page.execute('console.log(process.execPath)')).toMatchObject({ code: 0 })
    expect(page.output()).toBe('/usr/bin/node\n')
    expect(main.stderr()).toBe('')
  })
})

describe('a server without bubblewrap', () => {
  const WITHOUT = { ...WALLED, PATH: '/nowhere' }

  test('says why its programs are not walled, and what to do, in one line', async () => {
    const main = await startMain(['--port', '0'], WITHOUT)
    await main.url()
    await until(() => main.stderr() !== '')
    expect(main.stderr()).toMatch(/^Programs run without walls, as you: .+\. .+\.\n$/)
    if (process.platform === 'linux')
      expect(main.stderr()).toContain('bwrap is not installed. Install bubblewrap')
  })

  test('does not start when it is a hosted one, and says why', async () => {
    const hosted = { PLAY_HOSTED: '1', PLAY_ORIGINS: 'https://play.example.org' }
    const main = await startMain(['--port', '0'], { ...WITHOUT, ...hosted })
    expect(await main.exited).toEqual([1, null])
    expect(main.stderr()).toMatch(/^Cannot host: readers' programs would not be walled, since .+\n$/)
  })
})

async function directoriesOf(pid: number): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) =>
    name.startsWith(`socketserver-playground-${hostname()}-${pid}-`),
  )
}

async function openDocs(): Promise<string> {
  const docs = await mkdtemp(join(tmpdir(), 'open-docs-'))
  onTestFinished(() => rm(docs, { recursive: true }))
  await chmod(docs, 0o755)
  await writeFile(join(docs, 'index.html'), '')
  return docs
}

function descendantsOf(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    (readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').match(/\d+/g) ?? []).map(Number),
  )
  return children.flatMap((child) => [child, ...descendantsOf(child)])
}
