import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { BadNetwork } from './bad-network.ts'
import { addressText, delayMs } from './client-arguments.ts'
import { type DatagramClient, openDatagramClient } from './open-datagram-client.ts'

/** Time for a reader to type the line that overtakes. */
const HELD_BACK_MS = 5000
const LAST_REPLIES_MS = 1000

const client = await openDatagramClient()
const network = new BadNetwork(client, HELD_BACK_MS)
console.log(`Sends to ${addressText}: without a connection, nobody knows whether a server is there`)

let isOpen = true
const received = receive(client)
for await (const line of createInterface({ input: process.stdin })) {
  await sleep(delayMs)
  const fate = await network.send(`${line}\n`)
  console.log(`Sent: ${line}${fate === '' ? '' : ` (${fate})`}`)
}
await network.release()
// a reply to the last datagram may be on its way
await sleep(LAST_REPLIES_MS)
isOpen = false
await client.close()
await received

async function receive(from: DatagramClient): Promise<void> {
  while (isOpen) {
    try {
      console.log(`Received: ${String(await from.receive()).replace(/\n$/, '')}`)
    } catch (error) {
      if (isOpen) console.error(`Nothing received: ${String(error)}`)
    }
  }
}
