import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { manifests } from '@playground/hosting'
import { expect, onTestFinished, test } from 'vitest'
import { buildDocs } from '../playground/support.ts'
import { freePort, Instance } from './instance.ts'

const ROOT = join(import.meta.dirname, '../..')
const WORKSPACES = ['server-lib', 'playground/protocol', 'playground/server']

/** One instruction for each line, without comments. */
const instructions = readFileSync(join(ROOT, 'hosting/Containerfile'), 'utf8')
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '')
const lastStage = instructions.slice(instructions.findLastIndex((line) => line.startsWith('FROM ')))

test('everything that the image copies from the project is there', () => {
  const copied = instructions
    .filter((line) => line.startsWith('COPY '))
    .flatMap((line) => line.split(' ').slice(1, -1))
    .filter((source) => !source.startsWith('--from') && !source.endsWith('node_modules'))
    .map((source) => source.replace(/^\/app\//, ''))
  expect(copied.length).toBeGreaterThan(10)
  expect(copied.filter((source) => !existsSync(join(ROOT, source)))).toEqual([])
})

test('the image has each package of the project that the server imports', () => {
  const packages = WORKSPACES.map((folder) => {
    const text = readFileSync(join(ROOT, folder, 'package.json'), 'utf8')
    return { folder, ...(JSON.parse(text) as { name: string; dependencies?: Record<string, string> }) }
  })
  const own = /^(@playground\/|socketserver-ts$)/
  const imported = packages
    .flatMap(({ dependencies = {} }) => Object.keys(dependencies))
    .filter((name) => own.test(name))
  expect(imported.filter((name) => !packages.some((known) => known.name === name))).toEqual([])
  const install = instructions.find((line) => line.includes('--omit=dev')) ?? ''
  for (const { name, folder } of packages) {
    expect(install).toContain(`--workspace ${name}`)
    expect(lastStage).toContain(`COPY --from=build /app/${folder}/dist ${folder}/dist`)
  }
})

test('the image runs as the user, and listens on the port, that the manifests name', () => {
  const text = JSON.stringify(manifests({ image: 'x', origin: 'https://play.example.org' }).bubblewrap)
  const user = /"runAsUser":(\d+)/.exec(text)?.[1]
  const port = /"PORT","value":"(\d+)"/.exec(text)?.[1]
  expect(lastStage).toContain(`USER ${user}:${user}`)
  expect(lastStage).toContain(`EXPOSE ${port}`)
  expect(lastStage.join()).toContain(`PORT=${port}`)
})

test('the health check succeeds while a server serves, and fails when none does', async () => {
  const port = await freePort()
  const [program = '', ...args] = JSON.parse(
    /^HEALTHCHECK .*CMD (\[.*\])$/.exec(
      lastStage.find((line) => line.startsWith('HEALTHCHECK')) ?? '',
    )?.[1] ?? '',
  ) as string[]
  const check = () => promisify(execFile)(program, args, { env: { ...process.env, PORT: String(port) } })
  await expect(check()).rejects.toMatchObject({ code: 1 })
  const env = { PLAY_ORIGINS: `http://localhost:${port}` }
  const instance = await Instance.start({ port, docs: await buildDocs(), env })
  onTestFinished(async () => {
    await instance.end('SIGKILL')
  })
  await check()
})
