import { setTimeout as sleep } from 'node:timers/promises'
import { BadNetwork } from './bad-network.ts'
import { burst } from './burst.ts'
import { delayMs, text } from './client-arguments.ts'
import { openDatagramClient } from './open-datagram-client.ts'

const HELD_BACK_MS = 100
const REPLY_TIMEOUT_MS = 1000

await burst(async () => {
  const client = await openDatagramClient()
  client.setTimeout(REPLY_TIMEOUT_MS)
  try {
    await sleep(delayMs)
    await new BadNetwork(client, HELD_BACK_MS).send(`${text}\n`)
    await client.receive()
  } finally {
    await client.close()
  }
})
