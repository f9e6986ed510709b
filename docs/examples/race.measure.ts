import { connect } from 'socketserver-ts'
import { measured, server, within } from './checking.ts'

const CLIENTS = 3
const TIMES = 10_000_000
const ROUNDS = 5

// threads that have served before begin at once, and so together
await count(CLIENTS, 1000)

const totals: number[] = []
for (let round = 0; round < ROUNDS; round++) {
  const before = await count(1, 0)
  await count(CLIENTS, TIMES)
  totals.push((await count(1, 0)) - before)
}
measured(Math.min(...totals))

/** So many clients connect, and then send their lines at the same time; gives the largest shared count that one is told. */
async function count(clients: number, times: number) {
  const sockets = await Promise.all(Array.from({ length: clients }, () => connect(server)))
  await Promise.all(sockets.map((socket) => socket.send(`${times}\n`)))
  const counts = sockets.map(async (socket) => {
    const line = await within(socket.makefile('r').readline(), 'a reply', 30_000)
    await socket.close()
    return Number(/shared (\d+)/.exec(String(line))?.[1])
  })
  return Math.max(...(await Promise.all(counts)))
}
