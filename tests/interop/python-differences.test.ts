import { expect, test, vi } from 'vitest'
import { describeWith, pythonOutput } from './tools.ts'

vi.setConfig({ testTimeout: 60_000 })

/** Linux holds one more than the backlog of 5 says, and one client is served. */
const CONNECTED: unknown = process.platform === 'linux' ? 7 : expect.any(Number)

// How the library behaves there is in its own tests; what this page says of Python has to be true too.
describeWith('python3', 'docs/guides/python-differences.md', () => {
  test('says how Python behaves', async () => {
    expect(JSON.parse(await pythonOutput('differences.py'))).toEqual({
      'listens when it is made': true,
      'clients of 30 that are connected': CONNECTED,
      'shutdown() in a handler deadlocks': true,
      'a client of a fork in handle() gets': '',
      'the child gets': 'broken pipe',
      'reply to nothing': '',
      'reply to partly': 'part',
      'a Unix socket leaves its file': true,
      'an error in handle_error() ends the loop': true,
      'recv() misses what rfile has read ahead': true,
      'an error in verify_request() ends the loop': true,
      'Ctrl-C is an exception': true,
      'shutdown() before a loop waits': true,
      'loops that a server may have': 2,
      'server_close() leaves the loop': true,
      'a shutdown() too many ends the next loop': true,
      'a closed server has no socket': true,
      'a read after a timeout': 'cannot read from timed out object',
      'the death of a child is reported': false,
      'other children are collected too': true,
      'AF_INET refuses ::1': true,
      'clients of Unix sockets': ['client', null],
      'a restart': 'EADDRINUSE',
      'a function serves as a handler': true,
    })
  })
})
