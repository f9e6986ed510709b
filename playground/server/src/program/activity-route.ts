import type { ChildProcess } from 'node:child_process'
import { subscribe } from 'node:diagnostics_channel'
import { BroadcastChannel, isMainThread, type Worker } from 'node:worker_threads'

const NAME = 'socketserver-playground.activity'

/** Node keeps a message with such a name from the handlers of the program: it is an "internalMessage" in the parent. */
const COMMAND = 'NODE_SOCKETSERVER_PLAYGROUND'

/** What is told before somebody listens. */
let early: string[] | undefined = []
let toChannel: ((line: string) => void) | undefined
let broadcast: BroadcastChannel | undefined

/** Called in the main thread of the program: lines from all of its threads and children go there. */
export function reportTo(write: (line: string) => void): void {
  toChannel = write
  for (const line of early ?? []) write(line)
  early = undefined
}

/** Brings a line nearer to the page: a thread gives it to its process, a child to its parent. */
export function forward(line: string): void {
  if (!isMainThread) openBroadcast().postMessage(line)
  else if (process.send === undefined) toProgram(line)
  // Once the parent is gone nobody hears it.
  else if (process.connected) process.send({ cmd: COMMAND, line }, undefined, undefined, () => undefined)
}

/** Calls `ended` with the pid, the number of the thread and the exit code of what this thread has started. */
export function followThreadsAndChildren(ended: (pid: number, thread: number, code: number) => void): void {
  process.on('worker', (worker: Worker) => {
    if (isMainThread) listenToThreads()
    const { threadId } = worker
    worker.once('exit', (code) => ended(process.pid, threadId, code))
  })
  subscribe('child_process', (message) => {
    const { process: child } = message as { process: ChildProcess }
    child.on('internalMessage', (told: unknown) => {
      if (isLine(told)) forward(told.line)
    })
    child.once('exit', (code) => ended(child.pid ?? 0, 0, code ?? -1))
  })
}

function toProgram(line: string): void {
  if (toChannel === undefined) early?.push(line)
  else toChannel(line)
}

function listenToThreads(): void {
  if (broadcast !== undefined) return
  const threads = openBroadcast()
  threads.onmessage = (message) => {
    const { data } = message as { data: unknown }
    if (typeof data === 'string') forward(data)
  }
  threads.unref()
}

function openBroadcast(): BroadcastChannel {
  if (broadcast !== undefined) return broadcast
  broadcast = new BroadcastChannel(NAME)
  broadcast.unref()
  return broadcast
}

function isLine(told: unknown): told is { line: string } {
  if (typeof told !== 'object' || told === null || !('cmd' in told && 'line' in told)) return false
  return told.cmd === COMMAND && typeof told.line === 'string'
}
