import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPlaygroundServer, type PlaygroundServer } from '@playground/server'

/** The docs' TCP echo. */
export const ECHO = await readFile(join(import.meta.dirname, '../../../docs/examples/tcp-server.ts'), 'utf8')

/** A playground server whose docs are one empty page. */
export async function openServer(env: NodeJS.ProcessEnv): Promise<PlaygroundServer> {
  const docs = await mkdtemp(join(tmpdir(), 'bench-docs-'))
  await writeFile(join(docs, 'index.html'), '')
  const server = await startPlaygroundServer({ port: 0, docs, env })
  const close = () => server.close().then(() => rm(docs, { recursive: true, force: true }))
  return { ...server, close }
}
