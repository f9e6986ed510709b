import type { IncomingMessage } from 'node:http'
import { isIPv6 } from 'node:net'

const MAPPED_IPV4 = /^::ffff:(?=\d+\.)/i
const GROUPS = 8

/** What one subscriber of a provider has at least: a limit for each single address of it would limit nobody. */
const SUBSCRIBER_GROUPS = 4

/**
 * Where a request comes from, as far as limits for an address go. Of X-Forwarded-For only so many entries are
 * believed as there are proxies, counted from the end: what is before, anybody may have written.
 */
export function clientAddress({ headers, socket }: IncomingMessage, proxies: number): string {
  const forwarded = String(headers['x-forwarded-for'] ?? '')
  const hops = [...forwarded.split(','), socket.remoteAddress ?? ''].map((hop) => hop.trim())
  const address = (hops.at(-1 - proxies) ?? '').replace(MAPPED_IPV4, '')
  return isIPv6(address) ? subscriberOf(address) : address
}

/** The first half of an IPv6 address, written out. */
function subscriberOf(address: string): string {
  const [before = [], after = []] = address.split('::').map((half) => half.split(':').filter(Boolean))
  const zeros = Array<string>(Math.max(0, GROUPS - before.length - after.length)).fill('0')
  const groups = [...before, ...zeros, ...after].map((group) => Number.parseInt(group, 16).toString(16))
  return `${groups.slice(0, SUBSCRIBER_GROUPS).join(':')}::/64`
}
