import { SIMULATED_MODULES, type TranspiledModule } from '@playground/protocol'
import * as library from 'socketserver-ts'
import * as buffer from '../node/buffer.ts'
import * as events from '../node/events.ts'
import * as os from '../node/os.ts'
import * as path from '../node/path.ts'
import { process } from '../node/process.ts'
import * as readline from '../node/readline.ts'
import * as timersPromises from '../node/timers-promises.ts'
import * as util from '../node/util.ts'
import { NotSimulatedError } from '../not-simulated.ts'
import { setModuleUrl } from './module-urls.ts'
import { setSource } from './source-positions.ts'

const PROVIDED: Record<(typeof SIMULATED_MODULES)[number], object> = {
  'socketserver-ts': library,
  'node:buffer': buffer,
  'node:events': events,
  'node:os': os,
  'node:path': path,
  'node:process': process,
  'node:readline': readline,
  'node:timers/promises': timersPromises,
  'node:util': util,
}

/** Where the modules that stand for a provided one find it. */
const REGISTRY = 'playgroundModules'
Reflect.set(globalThis, REGISTRY, PROVIDED)

/** The path at which a program finds the file. */
export function modulePath(name: string): string {
  return `/${name}`
}

/** Resolves to the address of the entry, with everything it imports ready to be loaded. */
export function loadProgram(entry: string, modules: readonly TranspiledModule[]): string {
  const urls = new Map<string, string>()
  const loading = new Set<string>()

  function urlOf(name: string): string {
    const known = urls.get(name)
    if (known !== undefined) return known
    const module = modules.find((candidate) => candidate.name === name)
    const code = module === undefined ? reexport(name) : linked(module)
    const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }))
    urls.set(name, url)
    if (module !== undefined) {
      setModuleUrl(modulePath(name), url)
      setSource(url, module)
    }
    return url
  }

  function linked({ name, code, imports }: TranspiledModule): string {
    if (loading.has(name)) throw new NotSimulatedError(`The circle of imports around "${name}"`)
    loading.add(name)
    // From the last to the first, so that the earlier ones stay where they are.
    const whole = imports.toReversed().reduce((text, { name: imported, from, to }) => {
      const url = urlOf(imported.replace(/^\.\//, ''))
      return text.slice(0, from) + JSON.stringify(url) + text.slice(to)
    }, code)
    loading.delete(name)
    return whole
  }

  return urlOf(entry)
}

/** A module that exports what this worker has under the name. */
function reexport(name: string): string {
  const known = SIMULATED_MODULES.find((module) => module === name || module === `node:${name}`)
  if (known === undefined) throw new NotSimulatedError(`The import of "${name}"`)
  const names = Object.keys(PROVIDED[known]).filter((exported) => exported !== 'default')
  return [
    `const provided = globalThis[${JSON.stringify(REGISTRY)}][${JSON.stringify(known)}]`,
    `export default provided.default ?? provided`,
    ...names.map((exported) => `export const ${exported} = provided.${exported}`),
  ].join('\n')
}
