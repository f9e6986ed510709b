import { connect } from 'socketserver-ts'
import { check, expectReply, server, within } from './checking.ts'

const VISITORS = 4

await check('the second visitor is told one more than the first', async () => {
  const first = await visit('Ada')
  const second = await visit('Grace')
  expectVisit(second.visit, first.visit + 1, `visits of Ada, who was told visit ${first.visit}, and of Grace`)
})

await check(`of ${VISITORS} visitors at once, nobody is forgotten`, async () => {
  const { visit: before } = await visit('Ada')
  await Promise.all(Array.from({ length: VISITORS }, (_, index) => visit(`Visitor ${index + 1}`)))
  const { visit: after } = await visit('Grace')
  expectVisit(after, before + VISITORS + 1, `a visit of Ada, ${VISITORS} visits at once, and one of Grace`)
})

await check('each visitor is served by another process', async () => {
  const first = await visit('Ada')
  const second = await visit('Grace')
  if (first.process === second.process) {
    throw new Error(`process ${first.process} has served both visitors: a process for each is required`)
  }
})

async function visit(name: string) {
  await using socket = await within(connect(server), 'the connection')
  await socket.send(`${name}\n`)
  const reply = String(await within(socket.makefile('r').readline(), `the reply to ${name}`))
  const [, visit, process] = new RegExp(`^Hello ${name}, visit (\\d+), process (\\d+)$`).exec(reply) ?? []
  if (visit === undefined)
    throw new Error(`the reply ${JSON.stringify(reply)} does not name visit and process`)
  return { visit: Number(visit), process: Number(process) }
}

function expectVisit(received: number, expected: number, sent: string) {
  expectReply(Buffer.from(`visit ${received}`), `visit ${expected}`, sent)
}
