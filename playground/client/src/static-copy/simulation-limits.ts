import { SIMULATED_MODULES } from '@playground/protocol'

const LIMITS = [
  [/\bThreading\w*|\bserveInThread\b/, 'threads'],
  [/\bForking\w*|\.fork\(/, 'child processes'],
  [/\bUnix(?:Stream|Datagram)\w*/, 'Unix sockets'],
  // The browser's own, which asks the real network.
  [/\bfetch\(/, 'fetch()'],
] as const
const COMMENT = /\/\/.*|\/\*[^]*?\*\//g
const IMPORT = /\bfrom\s*['"](?<name>[^.'"][^'"]*)['"]|\bimport\s*\(?['"](?<bare>[^.'"][^'"]*)['"]/g
const TYPE_IMPORT = /\bimport type\b[^'"]*['"][^'"]*['"]/g

/** What a program needs that the simulated network has not: "threads"; undefined if it can run there. */
export function beyondSimulation(source: string): string | undefined {
  const code = source.replaceAll(COMMENT, '').replaceAll(TYPE_IMPORT, '')
  const limit = LIMITS.find(([pattern]) => pattern.test(code))
  if (limit !== undefined) return limit[1]
  for (const { groups } of code.matchAll(IMPORT)) {
    const name = groups?.['name'] ?? groups?.['bare'] ?? ''
    if (!SIMULATED_MODULES.some((known) => known === name)) return `the module ${name}`
  }
  return undefined
}
