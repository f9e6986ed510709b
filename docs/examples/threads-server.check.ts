import { connect } from 'socketserver-ts'
import { check, expectReply, server, within } from './checking.ts'

async function ask(number: number): Promise<Buffer> {
  const socket = await connect(server)
  try {
    await socket.send(`${number}\n`)
    return await within(socket.makefile('r').read(), `the reply to ${number}`, 30_000)
  } finally {
    await socket.close()
  }
}

/** Whatever the number of the thread is. */
function expectThread(reply: Buffer, result: number, sent: string): void {
  const [name = ''] = /^Thread-\d+(?=: )/.exec(reply.toString()) ?? []
  expectReply(reply, `${name === '' ? 'Thread-1' : name}: ${result}`, sent)
}

await check('the reply is computed in a thread', async () => {
  expectThread(await ask(10), 55, '"10\\n"')
})

await check('three clients at once are served by three threads', async () => {
  const replies = await Promise.all([ask(20), ask(20), ask(20)])
  for (const reply of replies) expectThread(reply, 6765, '"20\\n"')
  const names = new Set(replies.map((reply) => reply.toString().split(':')[0]))
  if (names.size < 3) throw new Error(`all three were served by ${[...names].join(' and ')}`)
})

await check('an easy question is answered while a hard one that came first is worked on', async () => {
  let isHardOneAnswered = false
  const hard = ask(42).then(() => (isHardOneAnswered = true))
  await ask(10)
  if (isHardOneAnswered) throw new Error('the easy question was answered after the hard one')
  await hard
})
