import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { buildDocs, until } from './support.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const MAIN = 'playground/server/dist/main.js'

/** Shows the checkout, which may lie in a folder that only root can enter, to another user, as long as that one runs. */
const RUN_AS = `
  mount --bind "$1" "$2" && cd "$2" && user="$3" && shift 3 &&
  exec setpriv --reuid="$user" --regid="$user" --clear-groups "$@"`

interface MainOptions {
  /** The path of the Node that runs it. */
  node?: string
  /** The user that runs it, if it is not the one that runs the tests. */
  uid?: number
}

/**
 * The server as a process of its own, ended after the test. Its programs are not walled unless the environment takes
 * PLAY_RUNNER away.
 */
export async function startMain(args: string[], env: NodeJS.ProcessEnv = {}, options: MainOptions = {}) {
  const { node = process.execPath, uid } = options
  const docs = args.includes('--docs') ? [] : ['--docs', await buildDocs()]
  const command = [node, MAIN, ...docs, ...args]
  const [program = '', ...parameters] = uid === undefined ? command : await asUser(uid, command)
  const child = spawn(program, parameters, {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], PLAY_RUNNER: 'plain', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
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

async function asUser(uid: number, command: string[]): Promise<string[]> {
  const checkout = await mkdtemp(join(tmpdir(), 'checkout-'))
  onTestFinished(() => rm(checkout, { recursive: true }))
  await chmod(checkout, 0o755)
  return ['unshare', '--mount', 'sh', '-c', RUN_AS, 'sh', ROOT, checkout, `${uid}`, ...command]
}
