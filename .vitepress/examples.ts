export interface Example {
  /** Files of docs/examples. */
  server: string
  client: string
  /** What server and client both import. */
  modules?: readonly string[]
  /** What a reader might type to the client. */
  words: string
}

/** The examples that a page can run, by the name that its `<Playground example="…" />` gives. */
export const examples: ReadonlyMap<string, Example> = new Map([
  ['tcp-echo', { server: 'tcp-server.ts', client: 'tcp-client.ts', words: 'hello world with TCP' }],
  ['tcp-readline', { server: 'tcp-server-readline.ts', client: 'tcp-client.ts', words: 'python is nice' }],
  ['udp-echo', { server: 'udp-server.ts', client: 'udp-client.ts', words: 'hello world with UDP' }],
  ['explicit-fork', { server: 'explicit-fork.ts', client: 'tcp-client.ts', words: '100000' }],
  ['table-of-requests', { server: 'table-of-requests.ts', client: 'sum-client.ts', words: '1 20 300' }],
  ['http', { server: 'http-server.ts', client: 'http-client.ts', words: 'hello' }],
  ['dns', { server: 'dns-server.ts', client: 'dns-client.ts', words: 'server.example' }],
])
