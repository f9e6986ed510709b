import { describeStreamsInThreads } from './threading-requests.ts'

// Each test file is a process of its own, in which koffi is looked for once.
process.env['SOCKETSERVER_TS_NO_KOFFI'] = '1'

describeStreamsInThreads('bridged without koffi')
