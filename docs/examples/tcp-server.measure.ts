import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from 'socketserver-ts'
import { measured, server } from './checking.ts'

const SILENCE_MS = 1000

// the first client is connected, and says nothing yet
const silent = await connect(server)

// the second connects, and sends its line at once
const begunMs = performance.now()
const quick = await connect(server)
await quick.send('quick\n')
const reply = quick.recv(1024)

await sleep(SILENCE_MS)
await silent.send('at last\n')
await silent.recv(1024)

await reply
measured(Math.round(performance.now() - begunMs))
await Promise.all([silent.close(), quick.close()])
