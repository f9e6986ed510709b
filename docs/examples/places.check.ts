import { connect, type StreamSocket } from 'socketserver-ts'
import { check, expectReplyTo, server, within } from './checking.ts'

const PLACES = 2
/** Longer than any timeout that the step asks for. */
const SILENCE_LIMIT_MS = 4000

await check('a client that sends its line is served', () => expectReplyTo(['hello\n'], 'HELLO\n'))

await check('while two silent clients have all places, a third is refused', () =>
  withSilentClients(async (first) => {
    await using third = await within(connect(server), 'the connection')
    const refused = within(third.recv(1), 'the end of the third connection')
    const isThird = await Promise.race([refused.then(() => true), first.recv(1).then(() => false)])
    if (!isThird) throw new Error('the connection of a silent client has ended before that of the third')
  }),
)

await check('a silent client loses its place, and its connection is closed', () =>
  withSilentClients(async (first) => {
    const data = await within(first.recv(1), 'the end of the silent connection', SILENCE_LIMIT_MS)
    if (data.length > 0) throw new Error('the silent client has got a reply, and not the end')
  }),
)

await check('a client that is only slow is served', async () => {
  await allPlacesAreFree()
  await expectReplyTo(['he', 'llo\n'], 'HELLO\n')
})

/** Takes all places with clients that send nothing, and gives `body` the first of them. */
async function withSilentClients(body: (first: StreamSocket) => Promise<void>) {
  await allPlacesAreFree()
  await using first = await connect(server)
  await using _second = await connect(server)
  await body(first)
}

/** A client that has gone leaves its place when the server sees it, which may be later. */
async function allPlacesAreFree() {
  const isFree = async () => {
    const replies = await Promise.all(Array.from({ length: PLACES }, () => ask('free')))
    return replies.every((reply) => reply === 'FREE\n')
  }
  const wait = async () => {
    while (!(await isFree())) continue
  }
  await within(wait(), 'two free places')
}

async function ask(word: string) {
  await using socket = await connect(server)
  await socket.send(`${word}\n`)
  return String(await socket.makefile('r').readline())
}
