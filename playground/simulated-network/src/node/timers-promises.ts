import * as timers from './timers.ts'

interface Options {
  signal?: AbortSignal
  ref?: boolean
}

export function setTimeout<T>(delayMs?: number, value?: T, { signal, ref = true }: Options = {}): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      timers.clearTimeout(timer)
      reject(Object.assign(new Error('The operation was aborted'), { name: 'AbortError', code: 'ABORT_ERR' }))
    }
    const timer = timers.setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve(value as T)
    }, delayMs)
    if (!ref) timer.unref()
    if (signal?.aborted === true) abort()
    else signal?.addEventListener('abort', abort, { once: true })
  })
}

export function setImmediate<T>(value?: T): Promise<T> {
  return new Promise((resolve) => timers.setImmediate(() => resolve(value as T)))
}

export const scheduler = { wait: (delayMs: number): Promise<void> => setTimeout(delayMs) }

export default { setTimeout, setImmediate, scheduler }
