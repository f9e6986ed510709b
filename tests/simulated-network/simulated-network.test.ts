import { vi } from 'vitest'
import { NetworkInterface, useNetwork } from '../../playground/simulated-network/src/network-interface.ts'
import { SimulatedNetwork } from '../../playground/simulated-network/src/simulated-network.ts'
import { networkContract } from './network-contract.ts'

vi.mock('node:net', () => import('../../playground/simulated-network/src/node/net.ts'))
vi.mock('node:dgram', () => import('../../playground/simulated-network/src/node/dgram.ts'))
vi.mock('node:dns', () => import('../../playground/simulated-network/src/node/dns.ts'))
vi.mock('node:dns/promises', () => import('../../playground/simulated-network/src/node/dns-promises.ts'))

const network = new SimulatedNetwork()
const link = network.attach((message) => setImmediate(() => program.receive(structuredClone(message))))
const program = new NetworkInterface((message) => {
  const sent = structuredClone(message)
  setImmediate(() => link.receive(sent))
})
useNetwork(program)

networkContract('the simulated network')
