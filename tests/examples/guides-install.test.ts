import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

const execute = promisify(execFile)
const ROOT = join(import.meta.dirname, '../..')

test(
  'the settings of the guide compile the programs of the guide, which then run in this Node without tsx',
  { timeout: 60_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'guides-install-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
    await cp(join(ROOT, 'tests/package/project/package.json'), join(folder, 'package.json'))
    const examples = join(ROOT, 'docs/examples/guides')
    await cp(join(examples, 'project-tsconfig.json'), join(folder, 'tsconfig.json'))
    for (const file of ['upper-server.ts', 'upper-server.test.ts']) {
      await cp(join(examples, file), join(folder, 'src', file))
    }

    await execute(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder])
    const env = { ...process.env }
    // A runner that finds this takes itself for a part of another one.
    delete env['NODE_TEST_CONTEXT']
    const { stdout } = await execute(
      process.execPath,
      ['--test', '--test-reporter=tap', 'dist/upper-server.test.js'],
      { cwd: folder, env },
    )
    expect(stdout).toMatch(/^# pass 3$/m)
  },
)
