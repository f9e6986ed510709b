import {
  CONCURRENCIES,
  CONCURRENCY_WORDS,
  TRANSPORT_WORDS,
  TRANSPORTS,
  type ServerKind,
} from './server-kind.ts'
import { withServerClass } from './with-server-class.ts'

/** Another kind that the reader can choose. */
export interface KindOption {
  kind: ServerKind
  label: string
  /** Why it makes no sense for this program, if it makes none. */
  refusal: string | undefined
}

interface KindGroup {
  name: string
  options: KindOption[]
}

/** The kinds that differ from the present one in one thing. */
export function kindGroups(source: string, present: ServerKind): KindGroup[] {
  const option = (kind: ServerKind, label: string): KindOption => {
    const change = withServerClass(source, kind)
    return { kind, label, refusal: 'refusal' in change ? change.refusal : undefined }
  }
  return [
    {
      name: 'Socket',
      options: TRANSPORTS.map((transport) => option({ ...present, transport }, TRANSPORT_WORDS[transport])),
    },
    {
      name: 'Requests are served by',
      options: CONCURRENCIES.map((concurrency) =>
        option({ ...present, concurrency }, CONCURRENCY_WORDS[concurrency]),
      ),
    },
  ]
}
