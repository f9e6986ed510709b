import { join } from 'node:path'
import type { UserConfig } from 'vitepress'

type Plugins = NonNullable<NonNullable<UserConfig['vite']>['plugins']>

const ROOT = join(import.meta.dirname, '..')
const STAND_INS = join(ROOT, 'playground/simulated-network/src/node')

/** What runs in the page of a static copy: the library, and what the server loads into every program. */
const RUNS_IN_PAGE = /[\\/](?:server-lib[\\/]dist|playground[\\/]server[\\/]dist[\\/]program)[\\/]/

/** The program of a thread or a child process, which no page can start. */
const OTHER_PROGRAM = /new URL\((?=['"]\.)/g
const CLASS = /^\s*(?:export )?(?:abstract )?class (?<name>\w+)[^{]*\{/gm

/** Gives the library in the workers of a static copy, in the place of Node's modules, those of the simulated network. */
export function simulatedNode(): Plugins[number] {
  return {
    name: 'simulated-node',
    enforce: 'pre',
    resolveId(source, importer) {
      if (importer === undefined || !RUNS_IN_PAGE.test(importer)) return undefined
      const name = /^(?:node:(?<module>.+)|(?<package>koffi))$/.exec(source)?.slice(1).find(Boolean)
      return name === undefined ? undefined : join(STAND_INS, `${name.replaceAll(/[/_]/g, '-')}.ts`)
    },
    transform(code, id) {
      if (!RUNS_IN_PAGE.test(id)) return undefined
      return {
        code: code
          .replaceAll(OTHER_PROGRAM, 'new URL(/* @vite-ignore */ ')
          // The names of classes are told to the page and printed; a minifier would change them.
          .replaceAll(CLASS, (head, name: string) => `${head} static name = '${name}';`),
        map: null,
      }
    },
  }
}
