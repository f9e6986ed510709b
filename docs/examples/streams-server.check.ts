import { connect } from 'socketserver-ts'
import { check, expectReply, expectReplyTo, server, within } from './checking.ts'

await check('a line in one send is answered', () => expectReplyTo(['hello\n'], 'HELLO\n'))

await check('a line in three sends is answered once it is whole', () =>
  expectReplyTo(['he', 'll', 'o\n'], 'HELLO\n'),
)

await check('two lines in one send are answered both', () => expectReplyTo(['one\ntwo\n'], 'ONE\nTWO\n'))

await check('the client half-closes after its last line, and still gets the reply', async () => {
  const socket = await connect(server)
  await socket.send('first\nlast\n')
  await socket.shutdown('write')
  const reply = await within(socket.makefile('r').read(), 'the end of the connection')
  await socket.close()
  expectReply(reply, 'FIRST\nLAST\n', '"first\\nlast\\n", then the end of what it sends')
})
