import { currentThread, isMain, StreamRequestHandler, TCPServer } from 'socketserver-ts'

export class FibonacciHandler extends StreamRequestHandler {
  async handle() {
    const number = Number(await this.rfile.readline())
    console.log(`${currentThread().name} computes fibonacci(${number})`)
    await this.wfile.write(`${currentThread().name}: ${fibonacci(number)}`)
  }
}

/** Much work on purpose: it takes about 1.6 times as long for each number as for the one before. */
function fibonacci(number: number): number {
  return number > 1 ? fibonacci(number - 1) + fibonacci(number - 2) : number
}

if (isMain(import.meta)) {
  const server = new TCPServer({ host: 'localhost', port: 9999 }, FibonacciHandler)
  await server.serveForever()
}
