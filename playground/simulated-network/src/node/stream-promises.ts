import { notSimulated } from '../not-simulated.ts'

export const pipeline = notSimulated('A stream to a thread')
