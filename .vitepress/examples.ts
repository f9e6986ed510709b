export interface Example {
  /** Files of docs/examples. */
  server: string
  client: string
  /** What server and client both import. */
  modules?: readonly string[]
  /** What a reader might type to the client. */
  words: string
  /** What the reader is to make of the server: `NAME.check.ts` examines it, and `NAME.solution.ts` is one answer. */
  step?: Step
  /** A number that the reader guesses before `NAME.measure.ts` measures it. */
  prediction?: Prediction
}

interface Step {
  /** What the reader is to change: one or two sentences of inline Markdown (code spans, no links). */
  goal: string
  /** The first points, the second says nearly all; inline Markdown too. */
  hints: readonly [string, string]
}

interface Prediction {
  /** Asked before the run; inline Markdown. */
  question: string
  /** What the answer is a number of, as it stands beside the field; `ms` is a time that has ended when it is told. */
  unit: string
  /** One sentence, shown with the measured value. */
  explanation: string
}

/** The examples that a page can run, by the name that its `<Playground example="…" />` gives. */
export const examples: ReadonlyMap<string, Example> = new Map<string, Example>([
  [
    'tcp-echo',
    {
      server: 'tcp-server.ts',
      client: 'tcp-client.ts',
      words: 'hello world with TCP',
      step: {
        goal: 'Make the server answer backwards: the reply to `hello` is `olleh`.',
        hints: [
          'The reply is made in the last line of `handle()`. A string has no method that reverses it, but an array has one.',
          "Send `[...text].reverse().join('')` in place of `text.toUpperCase()`.",
        ],
      },
      prediction: {
        question:
          'A client connects and says nothing for 1000 ms. Meanwhile a second client connects and sends its line at once. After how many milliseconds does the second have its reply?',
        unit: 'ms',
        explanation:
          'A server that serves one request at a time waits in `recv()` for the first client, and begins with the second only when that request has ended.',
      },
    },
  ],
  [
    'streams',
    {
      server: 'streams-server.ts',
      client: 'streams-client.ts',
      words: 'hello world',
      step: {
        goal: 'Answer each line in upper case, its newline included, until the client sends no more: however the bytes are cut, and however many lines a connection brings.',
        hints: [
          'A `StreamRequestHandler` has `this.rfile`, which puts lines together, and `this.wfile` for the replies. `for await` goes through the lines of `this.rfile` until the stream ends.',
          'Extend `StreamRequestHandler`, and make the body of `handle()` a loop: `for await (const line of this.rfile)`, in which you write `line.toString().toUpperCase()` with `await this.wfile.write(…)`.',
        ],
      },
      prediction: {
        question:
          'A client sends `hello world` and a newline, 12 bytes in all, one byte every 100 ms. How many bytes long is the reply?',
        unit: 'bytes',
        explanation:
          'A single `recv()` returns as soon as anything has arrived, here the first byte; a handler that waits for the newline gets all 12.',
      },
    },
  ],
  ['tcp-readline', { server: 'tcp-server-readline.ts', client: 'streams-client.ts', words: 'hello world' }],
  [
    'udp-echo',
    {
      server: 'udp-server.ts',
      client: 'udp-client.ts',
      words: 'hello world with UDP',
      step: {
        goal: 'Make the server answer backwards: the reply to `hello` is `olleh`, to whoever has sent it.',
        hints: [
          'The text is turned into the reply in the line with `sendTo`. Only its first argument has to change.',
          "Send `[...text].reverse().join('')` in place of `text.toUpperCase()`.",
        ],
      },
      prediction: {
        question:
          'A client sends three datagrams: the first holds `first`, the second holds no byte at all, the third holds `last`. How many replies come back?',
        unit: 'replies',
        explanation:
          'Each datagram is one request, and one without bytes is a datagram too: its reply is as empty as itself.',
      },
    },
  ],
  [
    'unix-stream',
    {
      server: 'unix-stream-server.ts',
      client: 'unix-stream-client.ts',
      words: 'hello world',
      step: {
        goal: 'Let the owner of `upper.sock` and its group connect, and nobody else: give the file the mode 660.',
        hints: [
          'The file is made when the server begins to listen. Its mode is 777 without the bits that the process has set in its umask, and `process.umask(…)` sets them.',
          'Write `process.umask(0o117)` above the line with `new UnixStreamServer`: 777 without 117 is 660.',
        ],
      },
    },
  ],
  [
    'unix-datagram',
    {
      server: 'unix-datagram-server.ts',
      client: 'unix-datagram-client.ts',
      words: 'hello world',
      prediction: {
        question:
          'A client sends 500 datagrams, faster than the server can serve them. How many replies come back?',
        unit: 'replies',
        explanation:
          'All of them: while the queue of a Unix datagram socket is full, its senders wait, where UDP would drop what finds no room.',
      },
    },
  ],
  [
    'one-at-a-time',
    {
      server: 'one-at-a-time.ts',
      client: 'tcp-client.ts',
      words: 'hello',
      step: {
        goal: 'Keep the server from waiting for ever for one client: a client that has sent nothing for 1000 ms, or stops in the middle of its line, shall not hold up the next.',
        hints: [
          'The handler waits in `readline()`. A `StreamRequestHandler` has a field that says how many milliseconds one read may take; without a value it may take for ever.',
          'Write `timeout = 1000` as the first line of the class, above `async handle()`. A read that takes longer then throws, and the request ends.',
        ],
      },
      prediction: {
        question:
          'The server works on the request of one client, which takes it 1000 ms. Meanwhile a second client calls `connect()`. After how many milliseconds is the second connected?',
        unit: 'ms',
        explanation:
          'The operating system has completed the connection by itself, without asking the server: what has to wait is the reply.',
      },
    },
  ],
  [
    'threads',
    {
      server: 'threads-server.ts',
      client: 'tcp-client.ts',
      words: '38',
      step: {
        goal: 'Serve each request in a thread of its own, so that an easy question need not wait for a hard one.',
        hints: [
          'The handler can stay as it is. It is the class of the server that says where handlers run.',
          'Import `ThreadingTCPServer` in place of `TCPServer`, and write `new ThreadingTCPServer(…)` in the last lines.',
        ],
      },
      prediction: {
        question:
          'One client alone has its answer after some time. Now two clients ask the same at once. How many times as long does it take until both have their answers?',
        unit: 'times as long',
        explanation:
          'About 2 says that one waited for the other, or that both shared one core of the processor; about 1, that two threads computed on two cores at the same time.',
      },
    },
  ],
  [
    'race',
    {
      server: 'race.ts',
      client: 'race-client.ts',
      words: '10000000',
      step: {
        goal: 'Let no count of the shared memory be lost, however many clients come at once. The number in `copied` may stay as it is.',
        hints: [
          'Between `getFloat64` and `setFloat64` no other thread may write. The server has a `lock` for that, and so far nobody takes it.',
          'In `handle()`, write `await this.server.lock.run(() => this.count(times))` in place of `this.count(times)`.',
        ],
      },
      prediction: {
        question:
          'Three clients at once have the server count to 10000000 each. How many will have been added to the shared count?',
        unit: 'counts',
        explanation:
          'It is the least of five rounds: where one thread writes a sum that it had begun before another wrote, what the other has counted is lost.',
      },
    },
  ],
  [
    'visits',
    {
      server: 'visits.ts',
      client: 'tcp-client.ts',
      words: 'Ada',
      step: {
        goal: 'Count all visits, and keep a child process for each of them: the second visitor is told `visit 2`.',
        hints: [
          'Memory cannot do it, because each child has its own. What is outside of all processes can: a file, to which each child appends one byte.',
          "Put `await appendFile(FILE, '.')` in place of the line with `+= 1`; the number of visits is then `(await stat(FILE)).size`. Both are in `node:fs/promises`, and `FILE` may be `join(tmpdir(), 'visits')`.",
        ],
      },
      prediction: {
        question:
          'Five visitors come, one after the other. How many visits are there, by what the fifth is told?',
        unit: 'visits',
        explanation:
          'Each child begins with a copy of what the parent has, which is 0, and what the child adds is gone with the child.',
      },
    },
  ],
  [
    'explicit-fork',
    {
      server: 'explicit-fork.ts',
      client: 'primes-client.ts',
      words: '3000000',
      step: {
        goal: 'Answer a large request at once: before a child counts, the server itself sends the line `Process 4711 has accepted 3000000`, with its own process number and the limit of the request.',
        hints: [
          'Until the connection is handed over, the handler can still write to it. The line belongs in front of `this.fork`.',
          'In the `else` branch, write `await this.wfile.write(…)` above the line with `this.fork`, with the text in backticks: `Process ${process.pid} has accepted ${limit}`, and a newline as `\\n`.',
        ],
      },
      prediction: {
        question:
          'One client asks for the primes up to 3000000. Right after it another asks for those up to 100. After how many milliseconds does the second have its reply?',
        unit: 'ms',
        explanation:
          'The server has handed the large request to a child, which counts in a process of its own, and is free for the next client meanwhile.',
      },
    },
  ],
  ['table-of-requests', { server: 'table-of-requests.ts', client: 'sum-client.ts', words: '1 20 300' }],
  [
    'async-primes',
    {
      server: 'async-primes.ts',
      client: 'sum-client.ts',
      words: '10 100',
      step: {
        goal: 'Let the server answer other clients while it counts for one. It stays an `AsyncTCPServer`.',
        hints: [
          'The event loop turns only where something is awaited, and `countPrimes()` awaits nothing. Make it an `async` function, which awaits something from time to time, and await it in `handle()`.',
          'Import `setImmediate` from `node:timers/promises`, and write `if (candidate % 10_000 === 0) await setImmediate()` in the loop of `countPrimes()`. Then write `async function countPrimes` and `total += await countPrimes(Number(line))`.',
        ],
      },
      prediction: {
        question:
          'One client asks for the primes up to 3000000. Right after it another asks for those up to 100. After how many milliseconds does the second have its reply?',
        unit: 'ms',
        explanation:
          'While the loop in `countPrimes()` runs, the event loop does not turn, and the second request is begun only when the first has been counted.',
      },
    },
  ],
  [
    'places',
    {
      server: 'places.ts',
      client: 'tcp-client.ts',
      words: 'hello',
      step: {
        goal: 'Take the place from a client that sends nothing for one second, so that silent clients cannot keep the others out.',
        hints: [
          'A `StreamRequestHandler` has a field that limits how long one read or write may wait. When the limit is over, the read throws, and the request ends.',
          'Write `timeout = 1000` as the first line of the class `UpperHandler`.',
        ],
      },
      prediction: {
        question:
          'Two clients connect and say nothing. Then ten others come, one after the other, and each sends a line. How many of the ten get a reply?',
        unit: 'clients',
        explanation:
          'The two silent clients have both places, a read without a timeout waits for ever, and so all others are refused.',
      },
    },
  ],
  [
    'http-hello',
    {
      server: 'http-hello.ts',
      client: 'http-client.ts',
      words: 'hello',
      step: {
        goal: 'Serve the page only at `/`. For every other path, reply with status `404 Not Found` and a page of your own.',
        hints: [
          'The variable `path` holds what the client wants, and `this.reply()` takes the status and the page.',
          "Write `if (path === '/')` before the call of `this.reply`, and below it `else await this.reply('404 Not Found', '<h1>There is no such page</h1>')`.",
        ],
      },
      prediction: {
        question:
          'The page in `PAGE` is 65 bytes long. How many bytes does the client receive when it asks for `/`?',
        unit: 'bytes',
        explanation:
          'Before the page come the line with the status, a line for each header and an empty line, and all of it is bytes of the same stream.',
      },
    },
  ],
  [
    'choosing',
    {
      server: 'choosing.ts',
      client: 'tcp-client.ts',
      words: '2000000',
      step: {
        goal: 'Choose the class that `PrimesServer` extends, so that a silent client keeps nobody waiting, a small request is served while a large one is counted, and all that is found is added up.',
        hints: [
          'Try one after the other, and read which check fails. One waits for the silent client, one cannot do anything while it counts, and one adds up in memory that nobody shares.',
          'Import `ThreadingTCPServer` in place of `TCPServer`, and write `extends ThreadingTCPServer`.',
        ],
      },
      prediction: {
        question:
          'The server counts primes for one client. Now three clients ask for the same at once. How many times as long does it take until the last has its reply?',
        unit: 'times as long',
        explanation:
          'A synchronous server counts for one client after the other, and the last waits for all three.',
      },
    },
  ],
  ['http', { server: 'http-server.ts', client: 'http-client.ts', words: 'hello' }],
  ['dns', { server: 'dns-server.ts', client: 'dns-client.ts', words: 'server.example' }],
])
