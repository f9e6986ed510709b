import { check, expectDatagrams } from './checking.ts'

await check('the reply to one datagram is its text, backwards', () => expectDatagrams(['hello\n'], ['olleh']))

await check('two datagrams from one socket get two replies', () =>
  expectDatagrams(['one', 'two'], ['eno', 'owt']),
)

await check('three clients that send at once get a reply each', async () => {
  const replies = [
    ['first\n', 'tsrif'],
    ['second\n', 'dnoces'],
    ['third\n', 'driht'],
  ] as const
  await Promise.all(replies.map(([text, reply]) => expectDatagrams([text], [reply])))
})
