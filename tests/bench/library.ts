/**
 * The library beside raw sockets of Node and, where python3 is installed, CPython's socketserver: each pair in turn,
 * round after round, so that whatever else the machine does falls on both; medians of the ratios of the rounds.
 * `npm run bench library` for all cases, `npx tsx tests/bench/library.ts WORD` for those whose name holds the word.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { BaseRequestHandler, TCPServer } from 'socketserver-ts'
import { type Contender, hasPython, library, python, raw, start } from './library/contender.ts'
import {
  connections,
  datagrams,
  echoes,
  idleConnections,
  latency,
  type Load,
  pipelines,
  stream,
  together,
  unixDatagrams,
} from './library/loads.ts'

/** Two processes of the same program can differ by more than two rounds of one: how its heap and its code came to lie. */
const PROCESSES = 3
const ROUNDS = 5
const IDLE_SHUTDOWN = 'shutdown of an idle server'
const IDLE_ROUNDS = 50
const MAX_IDLE_SHUTDOWN_MS = 5
const MEGABYTE = Buffer.alloc(1024 * 1024, 'x')
const LINES = Buffer.from(`${'x'.repeat(19)}\n`.repeat(1000))
const HUNDRED_LINES = LINES.subarray(0, 2000)

interface Case {
  name: string
  ours: Contender
  peer: Contender
  load: Load
  /** What the load gives: a rate by default, of which more is better; of the others, less. */
  unit?: 'ms' | 'bytes'
  /** Whether a process is good for one round only. */
  isFresh?: boolean
  /** The least ratio of ours to the peer's; of times and bytes, of the peer's to ours. */
  required: number
  aim: number
}

const cases: Case[] = [
  {
    name: 'AsyncTCPServer, small persistent echo, 64 clients',
    ours: library('AsyncTCPServer', 'EchoHandler'),
    peer: raw('echo'),
    load: echoes(),
    required: 0.8,
    aim: 1,
  },
  {
    name: 'AsyncTCPServer, connect-echo-close',
    ours: library('AsyncTCPServer', 'OnceHandler'),
    peer: raw('once'),
    load: connections(),
    required: 0.95,
    aim: 1,
  },
  {
    name: 'AsyncTCPServer, bulk',
    ours: library('AsyncTCPServer', 'EchoHandler'),
    peer: raw('echo'),
    load: stream(MEGABYTE, 200),
    required: 0.8,
    aim: 1,
  },
  {
    name: 'readline() on 20-byte lines, pipelined, with replies',
    ours: library('AsyncTCPServer', 'LineHandler'),
    peer: raw('lines'),
    load: stream(LINES, 300),
    required: 0.8,
    aim: 1,
  },
  {
    name: 'readline() on 20-byte lines, 64 clients, 100 at a time',
    ours: library('AsyncTCPServer', 'LineHandler'),
    peer: python('ThreadingTCPServer', 'LineHandler'),
    load: pipelines(HUNDRED_LINES),
    required: 20,
    aim: 40,
  },
  {
    // What any server in Node can reach here: the limit of the case above.
    name: 'raw per-line loop on 20-byte lines, 64 clients, 100 at a time',
    ours: raw('lines'),
    peer: python('ThreadingTCPServer', 'LineHandler'),
    load: pipelines(HUNDRED_LINES),
    required: 20,
    aim: 40,
  },
  {
    // Where no reply is waited for, Python sends many in one segment, and is at its best.
    name: 'readline() on 20-byte lines, one client that never waits',
    ours: library('AsyncTCPServer', 'LineHandler'),
    peer: python('ThreadingTCPServer', 'LineHandler'),
    load: stream(LINES, 300),
    required: 1,
    aim: 20,
  },
  {
    name: 'TCPServer, connect-echo-close',
    ours: library('TCPServer', 'OnceHandler'),
    peer: raw('once'),
    load: connections(),
    required: 0.95,
    aim: 1.86,
  },
  {
    name: 'UDPServer, echo',
    ours: library('UDPServer', 'DatagramHandler'),
    peer: raw('datagrams'),
    load: datagrams(),
    required: 0.9,
    aim: 1,
  },
  {
    name: 'UnixDatagramServer, echo, 16 clients',
    ours: library('UnixDatagramServer', 'DatagramHandler'),
    peer: python('UnixDatagramServer', 'DatagramHandler'),
    load: unixDatagrams(),
    required: 1,
    aim: 2,
  },
  {
    name: 'ThreadingTCPServer, connect-echo-close',
    // A thread for each core: more of them sleep and wake more often, which costs a third of the rate.
    ours: library('ThreadingTCPServer', 'OnceHandler', `maxThreads=${availableParallelism()}`),
    peer: python('ThreadingTCPServer', 'OnceHandler'),
    load: connections(),
    required: 1.3,
    aim: 1.7,
  },
  {
    name: 'ThreadingTCPServer, small persistent echo, 4 clients',
    ours: library('ThreadingTCPServer', 'EchoHandler', 'maxThreads=4'),
    peer: python('ThreadingTCPServer', 'EchoHandler'),
    load: echoes({ clients: 4 }),
    required: 0.65,
    aim: 1,
  },
  {
    name: 'ThreadingTCPServer, 8 requests of 50 ms of computing',
    ours: library('ThreadingTCPServer', 'ComputeHandler', 'maxThreads=2'),
    peer: library('TCPServer', 'ComputeHandler'),
    load: together(8),
    unit: 'ms',
    required: 1.7,
    aim: 1.95,
  },
  {
    name: 'ThreadingUDPServer, echo',
    ours: library('ThreadingUDPServer', 'DatagramHandler', 'maxThreads=4'),
    peer: python('ThreadingUDPServer', 'DatagramHandler'),
    load: datagrams(),
    required: 3,
    aim: 5,
  },
  {
    name: 'ForkingTCPServer, children reused, connect-echo-close',
    ours: library('ForkingTCPServer', 'OnceHandler', 'requestsPerChild=100000', 'maxChildren=4'),
    peer: python('ForkingTCPServer', 'OnceHandler'),
    load: connections(),
    required: 2.5,
    aim: 4,
  },
  {
    name: 'ForkingTCPServer, a child for each request, reply at rest',
    ours: library('ForkingTCPServer', 'OnceHandler'),
    peer: python('ForkingTCPServer', 'OnceHandler'),
    load: latency(),
    unit: 'ms',
    required: 1 / 3,
    aim: 1 / 1.5,
  },
  {
    name: 'AsyncTCPServer, 10,000 idle connections',
    ours: library('AsyncTCPServer', 'EchoHandler'),
    peer: raw('echo'),
    load: idleConnections(),
    unit: 'bytes',
    // Memory that was taken once is not given back to the system, so each round wants a new process.
    isFresh: true,
    required: 1 / 1.3,
    aim: 1 / 1.1,
  },
]

const word = process.argv[2] ?? ''
if (process.send === undefined) {
  await measureThoseNamed(word)
} else {
  const own = cases.find(({ name }) => name === word)
  if (own === undefined) throw new RangeError(`Unknown case "${word}"`)
  process.send(await measure(own))
  process.disconnect()
}

async function measureThoseNamed(word: string): Promise<void> {
  const chosen = cases.filter(({ name, peer }) => name.includes(word) && (hasPython || !isPython(peer)))
  const left = cases.filter(({ peer }) => isPython(peer) && !hasPython)
  if (left.length > 0) console.log(`python3 is not installed: ${left.length} cases are left out`)

  const table: Record<string, object> = {}
  for (const { name } of chosen) table[name] = await inItsOwnProcess(name)
  if (IDLE_SHUTDOWN.includes(word)) table[IDLE_SHUTDOWN] = await measureIdleShutdown()
  console.table(table)
}

/** Without a peer: Python's polls, and so takes up to half a second. */
async function measureIdleShutdown(): Promise<object> {
  await using server = new TCPServer({ host: '127.0.0.1', port: 0 }, BaseRequestHandler)
  await server.listen()
  const times: number[] = []
  for (let round = 0; round < IDLE_ROUNDS; round++) {
    const loop = server.serveForever()
    // One turn, in which the loop comes to wait.
    await setImmediate()
    const begun = performance.now()
    await server.shutdown()
    times.push(performance.now() - begun)
    await loop
  }
  const ours = median(times)
  return { ours: figure(ours), peer: 'at most 5 ms', unit: 'ms', reached: ours <= MAX_IDLE_SHUTDOWN_MS }
}

/** What loads a server of many threads is itself a third of the load, and slower when it has loaded others before. */
async function inItsOwnProcess(name: string): Promise<object> {
  const child = fork(fileURLToPath(import.meta.url), [name])
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`Case "${name}" ended with ${code} before it had a result`)
  })
  const [result] = (await Promise.race([once(child, 'message'), ended])) as [object]
  return result
}

function isPython({ command }: Contender): boolean {
  return command[0] === 'python3'
}

async function measure({ name, ours, peer, load, unit, isFresh, required, aim }: Case): Promise<object> {
  const rates: [number, number][] = []
  for (let started = 0; started < PROCESSES; started++) {
    const [us, them] = await Promise.all([start(ours), start(peer)])
    try {
      if (!isFresh) await load(us.target, us.pid)
      if (!isFresh) await load(them.target, them.pid)
      for (let round = 0; round < (isFresh ? 1 : ROUNDS); round++) {
        rates.push([await load(us.target, us.pid), await load(them.target, them.pid)])
      }
    } finally {
      await Promise.all([us.stop(), them.stop()])
    }
  }
  const ratio = median(rates.map(([mine, theirs]) => (unit === undefined ? mine / theirs : theirs / mine)))
  console.log(`${name}: ${ratio.toFixed(2)}`)
  return {
    ours: figure(median(rates.map(([mine]) => mine))),
    peer: `${peer.name} ${figure(median(rates.map(([, theirs]) => theirs)))}`,
    unit: unit ?? 'a second',
    ratio: Number(ratio.toFixed(2)),
    required,
    aim,
    reached: ratio >= required,
  }
}

function figure(value: number): number {
  return Number(value.toPrecision(3))
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN
}
