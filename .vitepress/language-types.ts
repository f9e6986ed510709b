import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import type { LanguageTypes } from '@playground/client'
import ts from 'typescript'
import { readConfiguration } from './read-configuration.ts'

const ROOT = join(import.meta.dirname, '..')
/** Made anew by each build, and served under a name that holds its hash. */
export const LANGUAGE_TYPES_FILE = join(import.meta.dirname, 'cache/language-types.json')

const EXAMPLES = join(ROOT, 'docs/examples')
const LIBRARY = join(ROOT, 'server-lib')
const DECLARED_PACKAGES = ['@types/node', 'undici-types']

/**
 * Writes what the editor in the page needs to know of types: the options of docs/examples, and every declaration that
 * a program there reaches, of TypeScript, of Node and of the library. The library must be compiled before.
 */
export async function writeLanguageTypes(file: string): Promise<void> {
  const { options, fileNames } = readConfiguration(join(EXAMPLES, 'tsconfig.json'))
  const program = ts.createProgram(fileNames, options)
  const manifests = [
    [join(LIBRARY, 'package.json'), '/node_modules/socketserver-ts/package.json'] as const,
    ...DECLARED_PACKAGES.map((name) => {
      const path = `node_modules/${name}/package.json`
      return [join(ROOT, path), `/${path}`] as const
    }),
  ]
  const declarations = program
    .getSourceFiles()
    .filter(({ isDeclarationFile }) => isDeclarationFile)
    .map(({ fileName, text }) => [virtualPath(fileName), text] as const)
  const types: LanguageTypes = {
    options: { ...options, configFilePath: undefined },
    files: {
      // The programs of the docs are modules, and a file without an import must not share its names with the others.
      '/package.json': '{ "type": "module" }',
      ...Object.fromEntries(manifests.map(([path, virtual]) => [virtual, ts.sys.readFile(path) ?? ''])),
      ...Object.fromEntries(declarations),
    },
  }
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, JSON.stringify(types))
}

/** As if the page's programs lay beside a node_modules of their own, wherever the packages really are. */
function virtualPath(fileName: string): string {
  const installed = /.*(?<path>\/node_modules\/.*)$/.exec(fileName)?.groups?.['path']
  if (installed === undefined)
    return `/node_modules/socketserver-ts/${relative(LIBRARY, fileName).split(sep).join('/')}`
  return installed.replace(/^\/node_modules\/typescript\/lib\//, '/')
}
