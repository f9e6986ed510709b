import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Limits } from './limits.ts'

/** Everything that this process counts, apart from Node's own numbers. */
export const registry = new Registry()

const registers = [registry]

export const sessionsOpen = new Gauge({
  name: 'playground_sessions_open',
  help: 'Sessions that take a place, those that wait for their page among them',
  registers,
})

export const sessionsLimit = new Gauge({
  name: 'playground_sessions_limit',
  help: 'Places for sessions',
  registers,
})

export const runsStarted = new Counter({
  name: 'playground_runs_started_total',
  help: 'Programs that were started',
  registers,
})

export const startToListening = new Histogram({
  name: 'playground_start_to_listening_seconds',
  help: 'From the message that starts a program to the news that it listens',
  buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  registers,
})

const limitsHit = new Counter({
  name: 'playground_limits_hit_total',
  help: 'How often a session, a run or a newcomer met a limit, by its name',
  labelNames: ['limit'],
  registers,
})

/** Called where a limit makes a difference to a reader. */
export function countLimit(limit: keyof Limits): void {
  limitsHit.inc({ limit })
}

export const refusals = new Counter({
  name: 'playground_refusals_total',
  help: 'Requests and messages that were not accepted, by HTTP status or code',
  labelNames: ['code'],
  registers,
})

export const outputBytes = new Counter({
  name: 'playground_output_bytes_total',
  help: 'Bytes that programs have printed',
  registers,
})
