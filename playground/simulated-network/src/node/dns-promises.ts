import { lookupHost } from '../lookup-host.ts'

interface Found {
  address: string
  family: number
}

/** What the library uses of dns.promises.lookup(). */
export async function lookup(host: string, { family }: { all: true; family?: 0 | 4 | 6 }): Promise<Found[]> {
  const found = await Promise.resolve(lookupHost(host, family))
  if (found instanceof Error) throw found
  return [found]
}
