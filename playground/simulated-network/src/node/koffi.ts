import { NotSimulatedError } from '../not-simulated.ts'

throw new NotSimulatedError('A system call')
