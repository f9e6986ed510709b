import { connect } from 'socketserver-ts'
import { check, expectReplyTo, server } from './checking.ts'

/** The reply to the next client while another is connected, which has sent only `beginning`. */
async function expectReplyBehind(beginning: string): Promise<void> {
  const silent = await connect(server)
  try {
    if (beginning !== '') await silent.send(beginning)
    await expectReplyTo(['next\n'], 'NEXT')
  } finally {
    await silent.close()
  }
}

await check('a client that sends its line is answered', () => expectReplyTo(['hello\n'], 'HELLO'))

await check('the client behind one that says nothing is answered', () => expectReplyBehind(''))

await check('the client behind one that stops in the middle of its line is answered', () =>
  expectReplyBehind('hel'),
)
