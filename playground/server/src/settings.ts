import * as v from 'valibot'
import { isHosted } from './limits.ts'

const MAX_PORT = 65_535
const DEFAULT_DRAIN_MS = 5000

/** Where a server is reached and by whom: what is no number that bounds a session, and so not among the limits. */
export interface Settings {
  /** PLAY_HOST: the address to listen on; 127.0.0.1, or 0.0.0.0 with PLAY_HOSTED=1. */
  host: string
  /** PLAY_ORIGINS: where readers open the pages, apart by spaces; without any, the names of this machine. */
  origins: readonly string[]
  /** PLAY_TOKEN: what a page must know; made up by a server of this machine, and not asked for by a hosted one without. */
  token: string | undefined
  /** PLAY_PROXIES: how many proxies in front of the server add to X-Forwarded-For; 0. */
  proxies: number
  /** PLAY_METRICS_PORT: where Prometheus reads `/metrics`, and the public must not; without it there are none. */
  metricsPort: number | undefined
  /** PLAY_DRAIN_MS: how long the server still serves while `/readyz` fails; 0, or 5 s with PLAY_HOSTED=1. */
  drainMs: number
}

const count = v.pipe(v.string(), v.regex(/^\d{1,9}$/), v.transform(Number))
const port = v.pipe(count, v.maxValue(MAX_PORT))
const token = v.pipe(v.string(), v.regex(/^[\w-]{16,}$/))
const origins = v.pipe(
  v.string(),
  v.transform((text) => text.split(' ').filter((part) => part !== '')),
  v.minLength(1),
  v.everyItem(isOrigin),
)

/** @throws {RangeError} if a variable does not hold what it is to hold, or a hosted server does not know its pages. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const hosted = isHosted(env)
  if (hosted && env['PLAY_ORIGINS'] === undefined) {
    throw new RangeError('Cannot host: PLAY_ORIGINS with the address of the pages is required')
  }
  const read = <T>(name: string, schema: v.GenericSchema<string, T>, required: string): T | undefined => {
    const text = env[name]
    if (text === undefined) return undefined
    const result = v.safeParse(schema, text)
    if (result.success) return result.output
    throw new RangeError(`Cannot set ${name} to "${text}": ${required} is required`)
  }
  return {
    host: env['PLAY_HOST'] ?? (hosted ? '0.0.0.0' : '127.0.0.1'),
    origins: read('PLAY_ORIGINS', origins, 'one or more like https://play.example.org') ?? [],
    token: read('PLAY_TOKEN', token, 'a word of 16 or more letters, digits, - and _'),
    proxies: read('PLAY_PROXIES', count, 'a whole number') ?? 0,
    metricsPort: read('PLAY_METRICS_PORT', port, `a number from 0 to ${MAX_PORT}`),
    drainMs: read('PLAY_DRAIN_MS', count, 'a whole number') ?? (hosted ? DEFAULT_DRAIN_MS : 0),
  }
}

/** As a browser writes it, since it is compared with what a browser sends. */
function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:/.test(text) && new URL(text).origin === text
}
