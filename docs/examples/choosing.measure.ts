import { connect } from 'socketserver-ts'
import { measured, server, within } from './checking.ts'

const LIMIT = 1_000_000

// the first is not measured: its code is not compiled yet
await ask()
const alone = await lastOf(1)
const threeAtOnce = await lastOf(3)
measured(Math.round((threeAtOnce / alone) * 10) / 10)

/** Milliseconds until the last of so many clients has its reply. */
async function lastOf(clients: number) {
  const asked = performance.now()
  await Promise.all(Array.from({ length: clients }, ask))
  return performance.now() - asked
}

async function ask() {
  await using socket = await connect(server)
  await socket.send(`${LIMIT}\n`)
  await within(socket.makefile('r').read(), 'the reply', 60_000)
}
