import { connect, type StreamSocket } from 'socketserver-ts'
import { check, expectReply, server, within } from './checking.ts'

const CLIENTS = 3
const TIMES = 5_000_000
/** Threads that are by luck never at the same place at the same time would pass a round. */
const ROUNDS = 10

await check('a client that comes alone is counted', async () => {
  const before = await total()
  await count(1, 1000)
  expectCount(await total(), before + 1000, 'one client has it counted 1000 times')
})

await check(`of ${CLIENTS} clients at once, nothing that is counted is lost`, async () => {
  // threads that have served before begin at once, and so together
  await count(CLIENTS, 1000)
  for (let round = 0; round < ROUNDS; round++) {
    const before = await total()
    await count(CLIENTS, TIMES)
    expectCount(
      await total(),
      before + CLIENTS * TIMES,
      `${CLIENTS} clients at once have it counted ${TIMES} times each`,
    )
  }
})

await check('each request still begins with a copy of the number', async () => {
  const [{ copied } = { copied: NaN }] = await count(1, 7)
  expectReply(Buffer.from(`copied ${copied}`), 'copied 7', '"7\\n"')
})

async function total() {
  const [reply] = await count(1, 0)
  return reply?.shared ?? NaN
}

/** So many clients connect, and then send their lines at the same time. */
async function count(clients: number, times: number) {
  const sockets = await within(
    Promise.all(Array.from({ length: clients }, () => connect(server))),
    'the connections',
  )
  await Promise.all(sockets.map((socket) => socket.send(`${times}\n`)))
  return Promise.all(sockets.map(replyOf))
}

async function replyOf(socket: StreamSocket) {
  const line = String(await within(socket.makefile('r').readline(), 'a reply', 30_000))
  await socket.close()
  const [, copied, shared] = /copied (\d+), shared (\d+)\n/.exec(line) ?? []
  if (shared === undefined) throw new Error(`the reply ${JSON.stringify(line)} does not name both counts`)
  return { copied: Number(copied), shared: Number(shared) }
}

function expectCount(received: number, expected: number, sent: string) {
  expectReply(Buffer.from(`shared ${received}`), `shared ${expected}`, sent)
}
