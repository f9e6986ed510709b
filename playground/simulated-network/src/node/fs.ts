import { notSimulated } from '../not-simulated.ts'

/** The program is the only file. */
export const realpathSync = (path: string): string => path

export const fstatSync = notSimulated('A descriptor')
export const lstatSync = notSimulated('A file')
export const renameSync = notSimulated('A file')
export const unlinkSync = notSimulated('A file')
