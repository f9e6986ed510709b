import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ServerProgram, startExample } from './tools.ts'

/** docs/examples/http-server.ts with a folder of its own for its notes, until the end of the test's scope. */
export async function notesServer(): Promise<ServerProgram & { folder: string; url: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'notes-'))
  const program = await startExample('http-server.ts', folder)
  return {
    ...program,
    folder,
    url: `http://127.0.0.1:${program.address.port}`,
    [Symbol.asyncDispose]: async () => {
      await program[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
    },
  }
}
