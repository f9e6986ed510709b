import { networkContract } from './network-contract.ts'

networkContract('the real network')
