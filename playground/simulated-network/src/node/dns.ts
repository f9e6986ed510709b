import { lookupHost } from '../lookup-host.ts'

type Found = (error: Error | null, address?: string, family?: number) => void

/** What the library uses of Node's dns.lookup(). */
export function lookup(host: string, options: { family?: 0 | 4 | 6 } | Found, callback?: Found): void {
  const answer = typeof options === 'function' ? options : (callback ?? (() => undefined))
  const found = lookupHost(host, typeof options === 'function' ? 0 : options.family)
  queueMicrotask(() => {
    if (found instanceof Error) answer(found)
    else answer(null, found.address, found.family)
  })
}
