/** Imported before the library, which looks at the globals of Node while it loads. */
import { Buffer } from '../node/buffer.ts'
import { process } from '../node/process.ts'
import * as timers from '../node/timers.ts'
import { programConsole } from './program-console.ts'

const { clearImmediate, clearInterval, clearTimeout, setImmediate, setInterval, setTimeout } = timers

Object.assign(globalThis, {
  Buffer,
  clearImmediate,
  clearInterval,
  clearTimeout,
  console: programConsole,
  global: globalThis,
  process,
  setImmediate,
  setInterval,
  setTimeout,
  // A page has it only under headers that a file server does not send; without threads nobody shares it.
  SharedArrayBuffer: ArrayBuffer,
})
