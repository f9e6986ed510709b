import { connect } from 'socketserver-ts'
import { check, expectReply, server, within } from './checking.ts'

const REPLY_LIMIT_MS = 60_000
/** One or two may be served before the server begins with the large request. */
const SMALL_REPLIES = 5

await check('the primes up to each number are added', async () => {
  await expectSum('10\n100\n', '29\n')
  await expectSum('1', '0\n')
})

await check('a client that is silent keeps nobody waiting', async () => {
  const silent = await within(connect(server), 'the connection')
  await silent.send('10\n1')
  await expectSum('100\n', '25\n')
  await silent.close()
})

await check('while the server counts for one client, others get their replies', async () => {
  const order: string[] = []
  const large = expectSum('3000000\n', '216816\n').then(() => order.push('large'))
  while (!order.includes('large')) {
    await expectSum('100\n', '25\n')
    order.push('small')
  }
  await large
  const served = order.indexOf('large')
  if (served < SMALL_REPLIES)
    throw new Error(`${served} were served meanwhile: ${SMALL_REPLIES} or more are required`)
})

/** Sends the lines, half-closes, and expects the reply. */
async function expectSum(lines: string, sum: string) {
  await using socket = await within(connect(server), 'the connection')
  await socket.send(lines)
  await socket.shutdown('write')
  const reply = await within(socket.makefile('r').read(), 'the reply', REPLY_LIMIT_MS)
  expectReply(reply, sum, `${JSON.stringify(lines)}, and the end of the stream`)
}
