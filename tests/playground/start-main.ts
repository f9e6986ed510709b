import { spawn, type SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { buildDocs, until } from './support.ts'

const MAIN = fileURLToPath(new URL('../../playground/server/dist/main.js', import.meta.url))

interface MainOptions extends Pick<SpawnOptions, 'uid' | 'gid'> {
  /** The path of the Node that runs it. */
  node?: string
}

/**
 * The server as a process of its own, ended after the test. Its programs are not walled unless the environment takes
 * PLAY_RUNNER away.
 */
export async function startMain(args: string[], env: NodeJS.ProcessEnv = {}, options: MainOptions = {}) {
  const { node = process.execPath, ...user } = options
  const docs = args.includes('--docs') ? [] : ['--docs', await buildDocs()]
  const child = spawn(node, [MAIN, ...docs, ...args], {
    env: { PATH: process.env['PATH'], PLAY_RUNNER: 'plain', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...user,
  })
  const exited = once(child, 'close')
  const output = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].on('data', (data: Buffer) => {
      output[stream] += data.toString()
    })
  }
  onTestFinished(async () => {
    child.kill()
    await exited
  })
  return {
    pid: child.pid ?? 0,
    exited,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    async url(): Promise<string> {
      const find = () => /http:\S+/.exec(output.stdout)?.[0]
      await until(() => find() !== undefined)
      return find() ?? ''
    },
  }
}
