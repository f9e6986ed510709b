import { notSimulated } from '../not-simulated.ts'

export const createRequire = notSimulated('require()')
