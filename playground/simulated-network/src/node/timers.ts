import { addHandle, hasHandle, removeHandle } from '../handles.ts'
import { nextTurn } from '../next-turn.ts'

type Action = (...args: unknown[]) => void

const browser = {
  setTimeout: globalThis.setTimeout.bind(globalThis) as (action: () => void, ms: number) => number,
  clearTimeout: globalThis.clearTimeout.bind(globalThis) as (timer: number) => void,
}

/** A timer as Node gives it: an object that may keep the program running, or not. */
class Timeout {
  readonly #action: Action
  readonly #delayMs: number
  readonly #repeats: boolean
  readonly #args: unknown[]
  #timer: number | undefined
  #isRef = true

  constructor(action: Action, delayMs: number | undefined, args: unknown[], repeats: boolean) {
    this.#action = action
    this.#delayMs = Math.max(1, Number(delayMs) || 1)
    this.#args = args
    this.#repeats = repeats
    this.#start()
  }

  ref(): this {
    this.#isRef = true
    if (this.#timer !== undefined) addHandle(this)
    return this
  }

  unref(): this {
    this.#isRef = false
    removeHandle(this)
    return this
  }

  hasRef(): boolean {
    return hasHandle(this)
  }

  refresh(): this {
    this.close()
    this.#start()
    return this
  }

  close(): this {
    if (this.#timer !== undefined) browser.clearTimeout(this.#timer)
    this.#timer = undefined
    removeHandle(this)
    return this
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #start(): void {
    if (this.#isRef) addHandle(this)
    this.#timer = browser.setTimeout(() => this.#fire(), this.#delayMs)
  }

  #fire(): void {
    this.#timer = undefined
    try {
      if (this.#repeats) this.#start()
      this.#action(...this.#args)
    } finally {
      if (this.#timer === undefined) removeHandle(this)
    }
  }
}

/** What `setImmediate()` gives. */
class Immediate {
  #action: (() => void) | undefined

  constructor(action: Action, args: unknown[]) {
    this.#action = () => action(...args)
    addHandle(this)
    nextTurn(() => this.#fire())
  }

  cancel(): void {
    this.#action = undefined
    removeHandle(this)
  }

  #fire(): void {
    const action = this.#action
    try {
      action?.()
    } finally {
      this.cancel()
    }
  }
}

export function setTimeout(action: Action, delayMs?: number, ...args: unknown[]): Timeout {
  return new Timeout(action, delayMs, args, false)
}

export function setInterval(action: Action, delayMs?: number, ...args: unknown[]): Timeout {
  return new Timeout(action, delayMs, args, true)
}

export function clearTimeout(timer: unknown): void {
  if (timer instanceof Timeout) timer.close()
}

export function clearInterval(timer: unknown): void {
  clearTimeout(timer)
}

export function setImmediate(action: Action, ...args: unknown[]): Immediate {
  return new Immediate(action, args)
}

export function clearImmediate(immediate: unknown): void {
  if (immediate instanceof Immediate) immediate.cancel()
}

/** For what must not keep a program running. */
export const browserTimeout = browser.setTimeout
