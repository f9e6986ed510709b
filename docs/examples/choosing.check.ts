import { connect } from 'socketserver-ts'
import { check, expectReply, server, within } from './checking.ts'

const LARGE = 3_000_000
const REPLY_LIMIT_MS = 60_000
/** One or two may be served before the server begins with the large request. */
const SMALL_REPLIES = 5

await check('a client that is silent keeps nobody waiting', async () => {
  await using _silent = await within(connect(server), 'the connection')
  await within(ask(100), 'the reply to another client')
})

await check('while the server counts for one client, others get their replies', async () => {
  const order: string[] = []
  const large = ask(LARGE).then(() => order.push('large'))
  while (!order.includes('large')) {
    await ask(100)
    order.push('small')
  }
  await large
  const served = order.indexOf('large')
  if (served < SMALL_REPLIES) {
    throw new Error(`${served} were served meanwhile: ${SMALL_REPLIES} or more are required`)
  }
})

await check('what one client has found is in the count of the next', async () => {
  const before = await ask(100)
  await Promise.all([ask(1000), ask(1000)])
  const after = await ask(100)
  expectReply(Buffer.from(`${after}`), `${before + 168 + 168 + 25}`, 'two requests of 1000, and one of 100')
})

/** How many primes have been found in all. */
async function ask(limit: number) {
  await using socket = await within(connect(server), 'the connection')
  await socket.send(`${limit}\n`)
  const reply = String(await within(socket.makefile('r').read(), `the reply to ${limit}`, REPLY_LIMIT_MS))
  const [, all] = new RegExp(`primes up to ${limit}, (\\d+) found in all`).exec(reply) ?? []
  if (all === undefined) throw new Error(`the reply ${JSON.stringify(reply)} does not say what was found`)
  return Number(all)
}
