import { connect } from 'socketserver-ts'
import { measured, server } from './checking.ts'

const NUMBER = 38

async function ask(number: number): Promise<void> {
  const socket = await connect(server)
  await socket.send(`${number}\n`)
  await socket.makefile('r').read()
  await socket.close()
}

async function timeOf(questions: () => Promise<unknown>): Promise<number> {
  const begunMs = performance.now()
  await questions()
  return performance.now() - begunMs
}

// the threads that will be needed are started, and the function is compiled in each
await Promise.all([ask(30), ask(30)])

const oneMs = await timeOf(() => ask(NUMBER))
const twoMs = await timeOf(() => Promise.all([ask(NUMBER), ask(NUMBER)]))
measured(Math.round((twoMs / oneMs) * 10) / 10)
