import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { Advice } from './advice.mjs'
import { ROOT, tool } from './project.mjs'
import { runStep } from './step.mjs'

const DOCS_INPUT_FOLDERS = [
  'docs',
  '.vitepress',
  'hosting/config',
  'playground/client/programs',
  'playground/client/src',
  'playground/protocol/src',
  'playground/server/src/program',
  'playground/simulated-network/src',
  'server-lib/src',
]
const DOCS_OUTPUT = /^(\.vitepress[\\/](cache|dist)|docs[\\/]reference[\\/]api)[\\/]/

/** Inside the output, so that whoever removes the one removes the other. */
const DOCS_STAMP = join(ROOT, '.vitepress/dist/.inputs-sha256')

/** Compiles the library, the protocol and the playground's server. */
export async function buildPackages() {
  if (!(await runStep('Compiling the packages', tool('typescript/bin/tsc', '-b')))) {
    throw new Advice('The packages do not compile: mend the errors above, then run the command again')
  }
}

/** Builds the docs where they are missing or made from other inputs. */
export async function buildDocs() {
  const inputs = await hashOfDocsInputs()
  if (existsSync(DOCS_STAMP) && (await readFile(DOCS_STAMP, 'utf8')) === inputs) {
    console.log('Docs are built')
    return
  }
  await rm(DOCS_STAMP, { force: true })
  if (!(await runStep('Building the docs', tool('vitepress/bin/vitepress.js', 'build')))) {
    throw new Advice('The docs do not build: mend the errors above, then run the command again')
  }
  await writeFile(DOCS_STAMP, inputs)
}

async function hashOfDocsInputs() {
  const hash = createHash('sha256').update(await readFile(join(ROOT, 'package-lock.json')))
  hash.update(process.env['DOCS_EDIT_URL'] ?? '')
  for (const folder of DOCS_INPUT_FOLDERS) {
    const entries = await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true })
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
      .filter((file) => !DOCS_OUTPUT.test(file))
      .sort()
    for (const file of files) hash.update(`\0${file}\0`).update(await readFile(join(ROOT, file)))
  }
  return hash.digest('hex')
}
