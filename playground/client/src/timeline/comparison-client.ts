import type { SourceFile } from '@playground/protocol'

/** Fewer than the backlog holds by default: one more would wait for its second attempt to connect. */
export const FAST_CLIENTS = 5
export const SILENCE_MS = 400
const HEAD_START_MS = 50

/** The same clients for every server: a silent one, to which a server that serves one at a time listens in vain, and fast ones. */
export const COMPARISON_CLIENT: SourceFile = {
  name: 'comparison-client.ts',
  source: `import { connect } from 'socketserver-ts'

const [host = '', port = ''] = process.argv.slice(2)

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

async function talk(silenceMs: number): Promise<void> {
  const socket = await connect({ host, port: Number(port) })
  await pause(silenceMs)
  await socket.send('hello\\n')
  await socket.recv(1024)
  await socket.close()
}

const silent = talk(${SILENCE_MS})
await pause(${HEAD_START_MS})
await Promise.all([silent, ...Array.from({ length: ${FAST_CLIENTS} }, () => talk(0))])
`,
}
