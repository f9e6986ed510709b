import { isMain, StreamRequestHandler, TCPServer } from 'socketserver-ts'

export class PrimesHandler extends StreamRequestHandler {
  async handle() {
    const limit = Number(await this.rfile.readline())
    if (limit <= 100) {
      // little work: done by the synchronous server itself
      await this.count(limit)
    } else {
      await this.wfile.write(`Process ${process.pid} has accepted ${limit}\n`)
      // much work: a child finishes this request, and the server goes on to the next one at once
      await this.fork('count', limit)
    }
  }

  async count(limit: number) {
    let primes = 0
    for (let candidate = 2; candidate <= limit; candidate++) {
      if (isPrime(candidate)) primes += 1
    }
    await this.wfile.write(`${primes} primes up to ${limit}, counted by process ${process.pid}\n`)
  }
}

function isPrime(candidate: number) {
  for (let divisor = 2; divisor * divisor <= candidate; divisor++) {
    if (candidate % divisor === 0) return false
  }
  return true
}

if (isMain(import.meta)) {
  const port = Number(process.argv[2] ?? 9999)
  const server = new TCPServer({ host: 'localhost', port }, PrimesHandler)
  await server.listen()
  console.log(`Process ${process.pid} counts primes on port ${server.serverAddress.port}`)
  await server.serveForever()
}
