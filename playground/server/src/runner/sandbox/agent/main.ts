/** The first process of a sandbox: starts programs as the server says on standard input, and sends frames back. */
import { closeSync, readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { encodeFrame } from '../frames.ts'
import type { AgentCommand } from '../agent-command.ts'
import { Agent } from './agent.ts'

const STANDARD_STREAMS = 3
const O_CLOEXEC = 0o2_000_000

closeInherited()
const agent = await Agent.open((frame) => process.stdout.write(frame))

// Signals are for the programs; one that reaches the agent too must not end it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)

createInterface({ input: process.stdin })
  .on('line', (line) => {
    agent.handle(JSON.parse(line) as AgentCommand)
  })
  // The server is gone, and with the agent everything in the sandbox.
  .on('close', () => process.exit())

process.stdout.write(encodeFrame('ready', 0))

/** What whoever started the server had left open would be open to every program. Node sees to the first ones by itself. */
function closeInherited(): void {
  for (const fd of readdirSync('/proc/self/fd').map(Number)) {
    if (fd >= STANDARD_STREAMS && isInheritable(fd)) closeSync(fd)
  }
}

function isInheritable(fd: number): boolean {
  try {
    const flags = /^flags:\s+(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1] ?? ''
    return (Number.parseInt(flags, 8) & O_CLOEXEC) === 0
  } catch {
    // It was that of the directory itself.
    return false
  }
}
