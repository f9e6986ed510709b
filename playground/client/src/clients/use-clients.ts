import type { Address } from '@playground/protocol'
import { computed, shallowReactive, shallowRef, watch, type ComputedRef } from 'vue'
import { TRANSPORT_WORDS, type Transport } from '../kinds/server-kind.ts'
import type { Program } from '../program.ts'
import type { SessionConnection } from '../session-connection.ts'
import { clientFiles } from './client-programs.ts'
import { clientWords, type ClientKnobs } from './client-knobs.ts'
import { ReadyClient } from './ready-client.ts'
import { transportsOf } from './transports-of.ts'
import { useStoredKnobs } from './use-stored-knobs.ts'

/** The ready clients of a playground, and what the reader has set for the next. */
export interface Clients {
  readonly opened: readonly ReadyClient[]
  /** What the reader sets for the next client. */
  readonly knobs: ClientKnobs
  /** The kinds of client that fit the server, the likely one first; none until the server has listened. */
  readonly transports: ComputedRef<readonly Transport[]>
  /** Starts a client; `name` says which. */
  open(transport: Transport): ReadyClient
  close(client: ReadyClient): void
}

/** Opens ready clients for the address at which `server`, the program of the file `serverName`, listens or has listened last. */
export function useClients(
  connection: SessionConnection,
  server: Program,
  serverName: string,
  serverText: ComputedRef<string | undefined>,
): Clients {
  const opened = shallowReactive<ReadyClient[]>([])
  const knobs = useStoredKnobs(serverName)
  const address = shallowRef<Address>()
  const counts = new Map<string, number>()
  watch(
    server.state,
    (state) => {
      if (state.name === 'listening') address.value = state.address
    },
    { flush: 'sync' },
  )

  function open(transport: Transport): ReadyClient {
    const given = { ...knobs }
    const title = `${TRANSPORT_WORDS[transport]} ${given.burst ? 'burst' : 'client'}`
    const number = (counts.get(title) ?? 0) + 1
    counts.set(title, number)
    const command = {
      files: clientFiles(transport, given.burst),
      burst: given.burst,
      words: () => (address.value === undefined ? [] : clientWords(address.value, transport, given)),
    }
    const client = new ReadyClient(`${title} ${number}`, command, connection, server)
    opened.push(client)
    client.start()
    return client
  }

  return {
    opened,
    knobs,
    transports: computed(() =>
      address.value === undefined ? [] : transportsOf(address.value, serverText.value ?? ''),
    ),
    open,
    close(client) {
      opened.splice(opened.indexOf(client), 1)
      void client.program.stop()
    },
  }
}
