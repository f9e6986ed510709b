import { connect } from 'socketserver-ts'
import { check, server, within } from './checking.ts'

const LARGE = 3_000_000
const RESULT_LIMIT_MS = 60_000

await check('a large request is accepted in a line of its own, before it is counted', async () => {
  const [first, second] = await ask(LARGE)
  if (!/^Process \d+ has accepted 3000000$/.test(first)) {
    throw new Error(
      `the first line is ${JSON.stringify(first)}: "Process … has accepted 3000000" is required`,
    )
  }
  if (!second.startsWith('216816 primes up to 3000000')) {
    throw new Error(`the second line is ${JSON.stringify(second)}: 216816 primes are required`)
  }
})

await check('the server accepts, and a child counts', async () => {
  const [first, second] = await ask(LARGE)
  if (processOf(first) === processOf(second)) {
    throw new Error(`process ${processOf(first)} has done both: a child is required for the counting`)
  }
})

await check('a small request is finished while a child counts', async () => {
  const order: string[] = []
  const large = ask(LARGE).then(() => order.push('large'))
  await ask(100).then(() => order.push('small'))
  await large
  if (order[0] !== 'small') throw new Error('it was finished after the large one')
})

await check('a small request has one line, as before', async () => {
  const [first, second] = await ask(100)
  if (!first.startsWith('25 primes up to 100') || second !== '') {
    throw new Error(`the reply is ${JSON.stringify([first, second])}: one line with 25 primes is required`)
  }
})

/** The first two lines of the reply, empty where there is none. */
async function ask(limit: number): Promise<[string, string]> {
  await using socket = await within(connect(server), 'the connection')
  await socket.send(`${limit}\n`)
  const lines = await within(socket.makefile('r').readlines(), `the reply to ${limit}`, RESULT_LIMIT_MS)
  const [first = '', second = ''] = lines.map((line) => line.toString().trim())
  return [first, second]
}

function processOf(line: string) {
  return /\bprocess (\d+)/i.exec(line)?.[1]
}
