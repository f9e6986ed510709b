import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const TSX = fileURLToPath(import.meta.resolve('tsx/cli'))

test(
  "threaded-tcp-server.ts prints the seed's transcript to the letter, and ends",
  { timeout: 30_000 },
  async () => {
    const { stdout, stderr } = await run(process.execPath, [TSX, 'docs/examples/threaded-tcp-server.ts'], {
      cwd: ROOT,
    })
    expect(stdout).toBe(
      'Server loop running in thread: Thread-1\n' +
        'Received: Thread-2: Hello World 1\n' +
        'Received: Thread-3: Hello World 2\n' +
        'Received: Thread-4: Hello World 3\n',
    )
    expect(stderr).toBe('')
  },
)
