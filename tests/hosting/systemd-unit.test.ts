import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

const ANALYZER = '/usr/bin/systemd-analyze'
const UNIT = join(import.meta.dirname, '../../hosting/config/socketserver-playground@.service')

test.skipIf(!existsSync(ANALYZER))('systemd takes the unit, where systemd is installed', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'systemd-unit-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const file = join(directory, 'socketserver-playground@8001.service')
  await writeFile(file, (await readFile(UNIT, 'utf8')).replace('/usr/bin/node', process.execPath))
  const { stderr } = await promisify(execFile)(ANALYZER, ['verify', '--man=no', file])
  expect(stderr).toBe('')
})
