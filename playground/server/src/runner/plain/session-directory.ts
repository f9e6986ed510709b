import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Module } from '../../transpile.ts'
import { makeTemporaryDirectory, removeDirectory } from '../temporary-directory.ts'

const LIBRARY = 'socketserver-ts'

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

async function create(): Promise<string> {
  const path = await makeTemporaryDirectory()
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
