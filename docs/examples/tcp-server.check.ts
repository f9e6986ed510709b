import { connect } from 'socketserver-ts'
import { check, expectReplyTo, server } from './checking.ts'

await check('the reply to one word is that word, backwards', () => expectReplyTo(['hello\n'], 'olleh'))

await check('spaces within a line stay', () => expectReplyTo(['one two\n'], 'owt eno'))

await check('three clients that come at once get a reply each', async () => {
  const replies = [
    ['first\n', 'tsrif'],
    ['second\n', 'dnoces'],
    ['third\n', 'driht'],
  ] as const
  await Promise.all(replies.map(([line, reply]) => expectReplyTo([line], reply)))
})

await check('a client that leaves without a word harms nobody', async () => {
  const socket = await connect(server)
  await socket.close()
  await expectReplyTo(['next\n'], 'txen')
})
