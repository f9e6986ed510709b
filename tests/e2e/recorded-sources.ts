import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { examples, type Example } from '../../.vitepress/examples.ts'

const EXAMPLES = join(import.meta.dirname, '../../docs/examples')
export const RECORDINGS = join(import.meta.dirname, '../../docs/recordings')

/** The text of a program as the page sends it where the reader has not edited it. */
export async function publishedSource(file: string): Promise<string> {
  return (await readFile(join(EXAMPLES, file), 'utf8')).trimEnd()
}

/** Tells a recording that is older than the programs that it was made of. */
export async function sourcesSha256({ server, client, modules = [] }: Example): Promise<string> {
  const hash = createHash('sha256')
  for (const file of [server, client, ...modules]) hash.update(`\0${file}\0${await publishedSource(file)}`)
  return hash.digest('hex')
}

/** The file of the recording of an example. */
export function recordingFile({ server }: Example): string {
  return join(RECORDINGS, server.replace(/\.ts$/, '.json'))
}

/** The examples whose server this is, with the clients that pages give it. */
export function examplesOf(server: string): Example[] {
  return [...examples.values()].filter((example) => example.server === server)
}
