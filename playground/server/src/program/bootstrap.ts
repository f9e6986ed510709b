/** The main module of every program: `node bootstrap.js [PROGRAM ARGUMENTS…]`, with the event channel as descriptor 3. */
import { subscribe } from 'node:diagnostics_channel'
import { Socket } from 'node:net'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { explainSystemError } from './explain-system-error.ts'
import { showReadersFrames } from './reader-stack.ts'
import { reportTo } from './activity-route.ts'

const EVENTS_FD = 3
/** What the page is too slow for is not kept for ever. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024
const LIBRARY: string = 'socketserver-ts'

const events = new Socket({ fd: EVENTS_FD, readable: true, writable: true })
events.on('error', () => undefined)
// The channel ends when whoever started the program is gone, and so is then the program with its group.
events.once('end', endGroup)
events.resume()

const [node = '', , ...given] = process.argv
const [program, ...programArguments] = given.length > 0 ? given : await waitForProgram()
if (program === undefined) throw new TypeError('The path of a program is required')
events.unref()
reportTo((line) => {
  if (events.writableLength < MAX_WAITING_BYTES) events.write(line)
})

subscribe('socketserver-ts.listening', (message) => {
  if (typeof message !== 'object' || message === null || !('address' in message)) return
  events.write(`${JSON.stringify({ type: 'listening', address: message.address })}\n`)
})

// The monitor sees the error before Node prints it, and cannot keep it from a handler of the program's own.
process.on('uncaughtExceptionMonitor', (error) => {
  if (process.listenerCount('uncaughtException') > 0 || process.hasUncaughtExceptionCaptureCallback()) return
  const explanation = explainSystemError(error)
  if (explanation === undefined) return
  process.stderr.write(`${explanation}\n`)
  process.exit(1)
})

// The program sees the arguments that it would see as the main module.
process.argv = [node, program, ...programArguments]
showReadersFrames(dirname(program))
await import(pathToFileURL(program).href)

function endGroup(): void {
  process.kill(process.platform === 'win32' ? process.pid : -process.pid, 'SIGKILL')
}

/** A spare process learns what it runs, one line of JSON, when it is needed; most programs import the library. */
async function waitForProgram(): Promise<string[]> {
  const line = new Promise<string>((resolve) => {
    let text = ''
    events.setEncoding('utf8')
    events.on('data', (data: string) => {
      text += data
      if (text.endsWith('\n')) resolve(text)
    })
  })
  // A library that cannot be loaded is the program's to report, which imports it too.
  await import(LIBRARY).catch(() => undefined)
  return JSON.parse(await line) as string[]
}
