import type { OutputStream } from './output-frame.ts'

/** What a program of a static copy may import beside its own files. */
export const SIMULATED_MODULES = [
  'socketserver-ts',
  'node:buffer',
  'node:events',
  'node:os',
  'node:path',
  'node:process',
  'node:readline',
  'node:timers/promises',
  'node:util',
] as const

/** A file of a program as JavaScript. */
export interface TranspiledModule {
  /** As the reader knows it: `tcp-server.ts`. */
  name: string
  code: string
  /** Of the source map: where in the reader's file the code comes from. */
  mappings: string
  /** What the code imports, and where the name stands in it, with its quotes. */
  imports: { name: string; from: number; to: number }[]
}

/** What the page tells the worker in which a program of a static copy runs. */
export type ToSimulatedProgram<NetworkPort> =
  | {
      type: 'start'
      pid: number
      entry: string
      modules: TranspiledModule[]
      arguments: string[]
      /** Where the simulated network is. */
      network: NetworkPort
    }
  | { type: 'input'; data: string }
  | { type: 'end-input' }
  | { type: 'signal'; name: 'SIGINT' | 'SIGTERM' }

/** What the worker tells the page. */
export type FromSimulatedProgram =
  | { type: 'output'; stream: OutputStream; data: Uint8Array }
  /** A line of the program's event channel, as a real program would write it. */
  | { type: 'event'; line: string }
  /** The program has heard the signal: it is not caught in a loop. */
  | { type: 'signalled' }
  | { type: 'exited'; code: number | null; signal: string | null }

/** What the page tells the worker in which the network is: a program comes, or has gone. */
export type ToSimulatedNetwork<NetworkPort> =
  { type: 'attach'; pid: number; network: NetworkPort } | { type: 'detach'; pid: number }
