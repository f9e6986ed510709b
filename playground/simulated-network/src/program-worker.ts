/** Runs one program of a static copy of the site: the library as it is, over the simulated network. */
import './program/install-globals.ts'
import '@playground/server/program/reporter'
import type { FromSimulatedProgram, ToSimulatedProgram } from '@playground/protocol'
import { reportTo } from '@playground/server/program/activity-route'
import { explainSystemError } from '@playground/server/program/explain-system-error'
import { hasHandles, whenIdle } from './handles.ts'
import { NetworkInterface, useNetwork } from './network-interface.ts'
import type { FromNetwork } from './network-messages.ts'
import { subscribe } from './node/diagnostics-channel.ts'
import { process } from './node/process.ts'
import { browserTimeout } from './node/timers.ts'
import { inspect } from './program/inspect.ts'
import { loadProgram, modulePath } from './program/load-program.ts'

/** What Node exits with when the program waits for something that nothing can bring about any more. */
const UNSETTLED_EXIT_CODE = 13

let hasEnded = false
let isLoaded = false

self.addEventListener('message', ({ data }: MessageEvent<ToSimulatedProgram<MessagePort>>) => {
  switch (data.type) {
    case 'start':
      return void run(data)
    case 'input':
      return process.stdin.push(data.data)
    case 'end-input':
      return process.stdin.end()
    case 'signal':
      tell({ type: 'signalled' })
      if (!process.emit(data.name, data.name)) end(null, data.name)
  }
})

self.addEventListener('error', (event) => {
  event.preventDefault()
  fail(event.error)
})

self.addEventListener('unhandledrejection', (event) => {
  event.preventDefault()
  fail(event.reason)
})

async function run({
  pid,
  entry,
  modules,
  arguments: words,
  network: port,
}: Extract<ToSimulatedProgram<MessagePort>, { type: 'start' }>): Promise<void> {
  process.begin(
    pid,
    ['node', modulePath(entry), ...words],
    (stream, data) => tell({ type: 'output', stream, data }),
    (code) => end(code, null),
  )
  const network = new NetworkInterface((message) => port.postMessage(message))
  port.onmessage = ({ data }: MessageEvent<FromNetwork>) => network.receive(data)
  useNetwork(network)
  reportTo((line) => tell({ type: 'event', line }))
  subscribe('socketserver-ts.listening', (message) => {
    const { address } = message as { address: unknown }
    tell({ type: 'event', line: JSON.stringify({ type: 'listening', address }) })
  })
  whenIdle(endSoon)
  try {
    await (import(/* @vite-ignore */ loadProgram(entry, modules)) as Promise<unknown>)
    isLoaded = true
    endSoon()
  } catch (error) {
    fail(error)
  }
}

/** When nothing is left that could happen, in this turn or the next. */
function endSoon(): void {
  browserTimeout(() => {
    if (hasHandles() || hasEnded) return
    finish(isLoaded ? (process.exitCode ?? 0) : UNSETTLED_EXIT_CODE)
  }, 0)
}

function fail(error: unknown): void {
  if (hasEnded) return
  if (process.emit('uncaughtException', error)) return
  process.stderr.write(`${explainSystemError(error) ?? `Uncaught ${inspect(error)}`}\n`)
  finish(1)
}

function finish(code: number): void {
  process.exitCode = code
  process.emit('exit', code)
  end(code, null)
}

function end(code: number | null, signal: string | null): void {
  tell({ type: 'exited', code, signal })
  hasEnded = true
  self.close()
}

function tell(message: FromSimulatedProgram): void {
  if (!hasEnded) self.postMessage(message)
}
