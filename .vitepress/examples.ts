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
  task: string
  /** The first points, the second says nearly all; inline Markdown too. */
  hints: readonly [string, string]
}

interface Prediction {
  /** Asked before the run; inline Markdown. */
  question: string
  /** What the answer is a number of, as it stands beside the field; `ms` is a time up to the last reply. */
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
        task: 'Make the server answer backwards: the reply to `hello` is `olleh`.',
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
          'A server that serves one request at a time waits in `recv()` for the first client, and the second stays in the backlog until that request has ended.',
      },
    },
  ],
  ['tcp-readline', { server: 'tcp-server-readline.ts', client: 'tcp-client.ts', words: 'python is nice' }],
  [
    'udp-echo',
    {
      server: 'udp-server.ts',
      client: 'udp-client.ts',
      words: 'hello world with UDP',
      step: {
        task: 'Make the server answer backwards: the reply to `hello` is `olleh`, to whoever has sent it.',
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
  ['explicit-fork', { server: 'explicit-fork.ts', client: 'tcp-client.ts', words: '100000' }],
  ['table-of-requests', { server: 'table-of-requests.ts', client: 'sum-client.ts', words: '1 20 300' }],
  ['http', { server: 'http-server.ts', client: 'http-client.ts', words: 'hello' }],
  ['dns', { server: 'dns-server.ts', client: 'dns-client.ts', words: 'server.example' }],
])
