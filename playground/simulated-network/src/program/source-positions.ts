import { decodeMappings, type Segment } from './source-mappings.ts'

interface MappedModule {
  name: string
  mappings: string
}

const modules = new Map<string, MappedModule>()
const decoded = new Map<string, readonly (readonly Segment[])[]>()

/** Called for each module of the program with the address at which the browser has it. */
export function setSource(url: string, module: MappedModule): void {
  modules.set(url, module)
}

/** `tcp-server.ts:6:11`, or undefined for a place that is not in a file of the reader; lines and columns from 1. */
export function originOf(url: string, line: number, column: number): string | undefined {
  const module = modules.get(url)
  if (module === undefined) return undefined
  const lines = decoded.get(url) ?? decodeMappings(module.mappings)
  decoded.set(url, lines)
  const segment = lines[line - 1]?.findLast(({ column: begin }) => begin < column)
  return segment && `${module.name}:${segment.sourceLine + 1}:${segment.sourceColumn + 1}`
}
