import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test, vi } from 'vitest'

// Programs start as fast as the machine lets them.
vi.setConfig({ testTimeout: 60_000 })

const execute = promisify(execFile)
const ROOT = join(import.meta.dirname, '../..')
const GUIDES = join(ROOT, 'docs/examples/guides')
const PROGRAM = 'upper-server.ts'
const TESTS = 'upper-server.test.ts'

/** The program and its tests in a folder of their own, each changed by `change`. */
async function project(change: (file: string, text: string) => string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'guides-testing-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  await cp(join(ROOT, 'tests/package/project/package.json'), join(folder, 'package.json'))
  for (const file of [PROGRAM, TESTS]) {
    await writeFile(join(folder, file), change(file, await readFile(join(GUIDES, file), 'utf8')))
  }
  return folder
}

async function runNodeTest(cwd: string): Promise<string> {
  const { stdout } = await execute(
    process.execPath,
    ['--import', 'tsx', '--test', '--test-reporter=tap', TESTS],
    {
      cwd,
      env: withoutTestRunner(),
    },
  )
  return stdout
}

/** A runner that finds the variables of this one takes itself for a part of it. */
function withoutTestRunner(): NodeJS.ProcessEnv {
  const { NODE_TEST_CONTEXT, VITEST, VITEST_MODE, VITEST_POOL_ID, VITEST_WORKER_ID, ...env } = process.env
  return env
}

test('the tests of the guide pass in the test runner of Node', async () => {
  const folder = await project((_file, text) => text)
  expect(await runNodeTest(folder)).toMatch(/^# pass 3$/m)
})

test.each([
  ['a reply that is not in upper case', '.toUpperCase()', ''],
  ['a server that serves one after the other', 'AsyncTCPServer', 'TCPServer'],
])('the tests of the guide fail for %s', async (_what, from, to) => {
  const folder = await project((_file, text) => text.replaceAll(from, to))
  await expect(runNodeTest(folder)).rejects.toThrow()
})

test('the tests of the guide pass in Vitest with one import changed', async () => {
  const folder = await project((file, text) =>
    file === TESTS ? text.replace("'node:test'", "'vitest'") : text,
  )
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
  const { stdout } = await execute(process.execPath, [vitest, 'run', '--root', '.', '--reporter', 'json'], {
    cwd: folder,
    env: withoutTestRunner(),
  })
  expect(JSON.parse(stdout)).toMatchObject({ success: true, numPassedTests: 3 })
})
