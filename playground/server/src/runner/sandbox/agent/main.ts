/** The first process of a sandbox: starts programs as the server says on standard input, and sends frames back. */
import { createInterface } from 'node:readline'
import { encodeFrame } from '../frames.ts'
import type { AgentCommand } from '../agent-command.ts'
import { Agent } from './agent.ts'

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
