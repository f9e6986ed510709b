import { describeStreamsInThreads } from './threading-requests.ts'

describeStreamsInThreads('handed over as a descriptor')
