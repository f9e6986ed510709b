import { notSimulated } from '../not-simulated.ts'

/** The library derives from these two, and makes one only for a thread or a child. */
export const Serializer = notSimulated('A copy for a thread or child process')
export const Deserializer = notSimulated('A copy for a thread or child process')
