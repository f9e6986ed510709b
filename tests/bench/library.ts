/**
 * The library beside raw sockets of Node and, where python3 is installed, CPython's socketserver: each pair in turn,
 * round after round, so that whatever else the machine does falls on both; medians of the ratios of the rounds.
 * `npm run bench library` for all cases, `npx tsx tests/bench/library.ts WORD` for those whose name holds the word.
 */
import { type Contender, hasPython, library, python, raw, start } from './library/contender.ts'
import { connections, datagrams, echoes, type Load, stream } from './library/loads.ts'

const ROUNDS = 7
const MEGABYTE = Buffer.alloc(1024 * 1024, 'x')
const LINES = Buffer.from(`${'x'.repeat(19)}\n`.repeat(1000))

interface Case {
  name: string
  ours: Contender
  peer: Contender
  load: Load
  /** The least ratio of ours to the peer's; of times, the greatest. */
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
    name: 'readline() on 20-byte lines',
    ours: library('AsyncTCPServer', 'LineHandler'),
    peer: python('ThreadingTCPServer', 'LineHandler'),
    load: stream(LINES, 30),
    required: 20,
    aim: 40,
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
]

const word = process.argv[2] ?? ''
const chosen = cases.filter(({ name, peer }) => name.includes(word) && (hasPython || !isPython(peer)))
const left = cases.filter(({ peer }) => isPython(peer) && !hasPython)
if (left.length > 0) console.log(`python3 is not installed: ${left.length} cases are left out`)

const table: Record<string, object> = {}
for (const each of chosen) table[each.name] = await measure(each)
console.table(table)

function isPython({ command }: Contender): boolean {
  return command[0] === 'python3'
}

async function measure({ name, ours, peer, load, required, aim }: Case): Promise<object> {
  const [us, them] = await Promise.all([start(ours), start(peer)])
  const rates: [number, number][] = []
  try {
    await load(us.port)
    await load(them.port)
    for (let round = 0; round < ROUNDS; round++) rates.push([await load(us.port), await load(them.port)])
  } finally {
    await Promise.all([us.stop(), them.stop()])
  }
  const ratio = median(rates.map(([mine, theirs]) => mine / theirs))
  console.log(`${name}: ${ratio.toFixed(2)}`)
  return {
    ours: Math.round(median(rates.map(([mine]) => mine))),
    peer: `${peer.name} ${Math.round(median(rates.map(([, theirs]) => theirs)))}`,
    ratio: Number(ratio.toFixed(2)),
    required,
    aim,
    reached: ratio >= required,
  }
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN
}
