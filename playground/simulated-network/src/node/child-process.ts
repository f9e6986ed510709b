import { notSimulated } from '../not-simulated.ts'

export const fork = notSimulated('A child process')
