import { statSync } from 'node:fs'
import { check, expectReplyTo, server } from './checking.ts'

await check('a client is answered at the path', () => expectReplyTo(['hello\n'], 'HELLO'))

await check('the mode of the file is 660', () => {
  if (typeof server !== 'string') throw new Error('the server listens at an address, and not at a path')
  const mode = (statSync(server).mode & 0o777).toString(8)
  if (mode !== '660') throw new Error(`the mode is ${mode}`)
  return Promise.resolve()
})
