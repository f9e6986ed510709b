import { AsyncTCPServer, isMain, StreamRequestHandler } from 'socketserver-ts'

/** For each number that the client sends, a line each: how many primes there are up to it, all of them added. */
export class PrimesHandler extends StreamRequestHandler {
  async handle() {
    let total = 0
    // between two lines of this client, the event loop serves the others
    for await (const line of this.rfile) {
      total += countPrimes(Number(line))
    }
    await this.wfile.write(`${total}\n`)
  }
}

function countPrimes(limit: number) {
  let primes = 0
  for (let candidate = 2; candidate <= limit; candidate++) {
    if (isPrime(candidate)) primes += 1
  }
  return primes
}

function isPrime(candidate: number) {
  for (let divisor = 2; divisor * divisor <= candidate; divisor++) {
    if (candidate % divisor === 0) return false
  }
  return true
}

if (isMain(import.meta)) {
  const server = new AsyncTCPServer({ host: 'localhost', port: 9999 }, PrimesHandler)
  await server.serveForever()
}
