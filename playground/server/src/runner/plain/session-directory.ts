import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Module } from '../../transpile.ts'

const LIBRARY = 'socketserver-ts'
const REMOVE_RETRIES = 3

/** The temporary directory of a session: its programs' working directory, from which they import the library. */
export class SessionDirectory {
  #path: string | undefined

  /** Created when the first program starts; a page that only reads costs nothing. */
  async path(): Promise<string> {
    this.#path ??= await create()
    return this.#path
  }

  /** Writes a run's modules to a directory of their own, so that a new run never changes the code of another. */
  async write(run: number, modules: readonly Module[]): Promise<string> {
    const directory = join(await this.path(), `run-${run}`)
    await mkdir(directory)
    await Promise.all(modules.map(({ name, code }) => writeFile(join(directory, name), code)))
    return directory
  }

  async remove(): Promise<void> {
    if (this.#path !== undefined) await removeDirectory(this.#path)
  }
}

/** A program may leave a directory that cannot be removed; that is to be known, and no reason to end the server. */
export async function removeDirectory(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true, maxRetries: REMOVE_RETRIES })
  } catch (error) {
    console.error(`Cannot remove "${path}":`, error)
  }
}

async function create(): Promise<string> {
  // The real path, so that import.meta.url of a program equals the URL of its process.argv[1].
  const path = await realpath(await mkdtemp(join(tmpdir(), 'socketserver-playground-')))
  await mkdir(join(path, 'node_modules'))
  await Promise.all([
    writeFile(join(path, 'package.json'), '{ "type": "module" }\n'),
    symlink(libraryDirectory(), join(path, 'node_modules', LIBRARY), 'junction'),
  ])
  return path
}

function libraryDirectory(): string {
  return dirname(fileURLToPath(import.meta.resolve(`${LIBRARY}/package.json`)))
}
