import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'

/** @typedef {{ ok: boolean, output: string }} Outcome */
/** @typedef {{ show?: boolean, env?: NodeJS.ProcessEnv, timeoutMs?: number, stopSignal?: NodeJS.Signals }} ProgramOptions */

const STOP_SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])
const IS_WINDOWS = process.platform === 'win32'

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/** @type {Map<ChildProcess, NodeJS.Signals | undefined>} what runs, with the signal that ends it if not the script's own */
const running = new Map()

/** A script that is being ended waits for its programs, and does not go on to judge how they ended. */
let ending = false

/**
 * Runs a program to its end, with no standard input. Its output is kept, or goes to the terminal with `show`.
 *
 * @param {readonly string[]} command the program and its arguments
 * @param {ProgramOptions} [options]
 * @returns {Promise<Outcome>}
 */
export async function runProgram(
  [program = '', ...args],
  { show = false, env = {}, timeoutMs, stopSignal } = {},
) {
  const child = spawn(program, args, {
    // A process group of its own gets the terminal's Ctrl-C once, from us, and can be ended with all it started.
    detached: !IS_WINDOWS,
    env: { ...process.env, ...env },
    stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
  })
  running.set(child, stopSignal)
  const timer =
    timeoutMs === undefined ? undefined : setTimeout(() => signalTree(child, 'SIGKILL'), timeoutMs)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (/** @type {string} */ text) => (output += text))
  }
  try {
    return await new Promise((resolve) => {
      child.once('error', (error) => resolve({ ok: false, output: error.message }))
      child.once('close', (code) => {
        if (!ending) resolve({ ok: code === 0, output })
      })
    })
  } finally {
    clearTimeout(timer)
    running.delete(child)
  }
}

/**
 * Passes the signal to all that runs, with everything it started, and resolves when the last has ended.
 *
 * @param {NodeJS.Signals} signal
 */
export async function endPrograms(signal) {
  ending = true
  const ended = [...running.keys()].map((child) => once(child, 'close'))
  for (const [child, stopSignal] of running) signalTree(child, stopSignal ?? signal)
  await Promise.all(ended)
}

/**
 * Called by a script that has something to end before Ctrl-C, SIGTERM or a closed terminal may end it.
 *
 * @param {(signal: NodeJS.Signals) => Promise<number>} end resolves to the code to exit with
 * @returns {() => void} gives the signals back
 */
export function onStopSignal(end) {
  const listener = (/** @type {NodeJS.Signals} */ signal) => {
    outlastRepeatedSignals()
    giveBack()
    void end(signal).then((exitCode) => {
      console.log('\nStopped')
      process.exit(exitCode)
    })
  }
  const giveBack = () => {
    for (const name of STOP_SIGNALS) process.off(name, listener)
  }
  for (const name of STOP_SIGNALS) process.on(name, listener)
  return giveBack
}

/** npm passes Ctrl-C on a second time, which must not cut short what the first one has begun. */
export function outlastRepeatedSignals() {
  for (const name of STOP_SIGNALS) process.on(name, () => undefined)
}

/**
 * For a script whose work is not done when it is stopped: ends what it runs and fails as a shell would.
 *
 * @param {NodeJS.Signals} signal
 */
export async function failOnSignal(signal) {
  await endPrograms(signal)
  return 128 + constants.signals[signal]
}

/**
 * @param {ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function signalTree(child, signal) {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  if (IS_WINDOWS) child.kill(signal)
  else process.kill(-child.pid, signal)
}
