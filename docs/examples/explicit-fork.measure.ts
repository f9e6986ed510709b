import { connect } from 'socketserver-ts'
import { measured, server, within } from './checking.ts'

const large = await connect(server)
await large.send('3000000\n')

const asked = performance.now()
const small = await connect(server)
await small.send('100\n')
await within(small.makefile('r').readline(), 'the reply to the small request', 60_000)
measured(Math.round(performance.now() - asked))

await within(large.makefile('r').readlines(), 'the reply to the large request', 60_000)
await small.close()
await large.close()
