import { notSimulated } from '../not-simulated.ts'

export const isMainThread = true
export const threadId = 0
export const parentPort = null
export const workerData = null

/** A thread of a program, of which there is none here. */
export const Worker = notSimulated('A thread')

/** Programs have no threads, so there is nobody to hear it. */
export const { BroadcastChannel, MessageChannel, MessagePort } = globalThis
