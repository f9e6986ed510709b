import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A server under test, in a process of its own. */
export interface Contender {
  name: string
  command: readonly string[]
}

/** A contender that is running. */
export interface Running {
  /** The port, or the path of a Unix socket. */
  target: string
  pid: number
  stop: () => Promise<void>
}

const place = (file: string) => fileURLToPath(new URL(`servers/${file}`, import.meta.url))
const node = (file: string) => [process.execPath, '--import', 'tsx', place(file)]

export const library = (server: string, handler: string, ...variables: string[]): Contender => ({
  name: server,
  command: [...node('library.ts'), server, handler, ...variables],
})

export const raw = (kind: string): Contender => ({
  name: kind === 'datagrams' ? 'raw dgram' : 'raw net',
  command: [...node('raw.ts'), kind],
})

export const python = (server: string, handler: string): Contender => ({
  name: `Python's ${server}`,
  command: ['python3', place('python_server.py'), server, handler],
})

/** What stands in for a peer that is not installed: the case is left out and said so. */
export const hasPython = spawnSync('python3', ['--version']).status === 0

export async function start({ name, command }: Contender): Promise<Running> {
  const [program = '', ...args] = command
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const said = await Promise.race([once(child.stdout, 'data'), ended.then(() => null)])
  if (said === null) throw new Error(`${name} ended before it listened`)
  return {
    target: String(said[0]).trim(),
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill()
      await ended
    },
  }
}
