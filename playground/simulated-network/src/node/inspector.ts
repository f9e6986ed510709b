import { notSimulated } from '../not-simulated.ts'

/** The library asks it where a class was defined when a thread or a child is to import that. */
export const Session = notSimulated('A thread or child process')
