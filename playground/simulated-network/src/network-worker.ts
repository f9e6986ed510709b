/** The network of a static copy: a worker of its own, which no program that is caught in a loop can hold up. */
import type { ToSimulatedNetwork } from '@playground/protocol'
import type { ToNetwork } from './network-messages.ts'
import { SimulatedNetwork, type NetworkLink } from './simulated-network.ts'

const network = new SimulatedNetwork()
const links = new Map<number, NetworkLink>()

self.addEventListener('message', ({ data }: MessageEvent<ToSimulatedNetwork<MessagePort>>) => {
  if (data.type === 'attach') {
    const { network: port, pid } = data
    const link = network.attach((message) => port.postMessage(message))
    links.set(pid, link)
    port.onmessage = (event: MessageEvent<ToNetwork>) => link.receive(event.data)
  } else {
    links.get(data.pid)?.detach()
    links.delete(data.pid)
  }
})
