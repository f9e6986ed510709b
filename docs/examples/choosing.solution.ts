import { type InetAddress, isMain, StreamRequestHandler, ThreadingTCPServer } from 'socketserver-ts'

export class PrimesServer extends ThreadingTCPServer {
  // the primes that all requests have found so far; eight bytes that threads share
  found = new SharedArrayBuffer(8)
}

export class PrimesHandler extends StreamRequestHandler<InetAddress, PrimesServer> {
  async handle() {
    const line = String(await this.rfile.readline()).trim()
    const limit = Number(line) || 2_000_000
    const primes = countPrimes(limit)
    const found = new BigUint64Array(this.server.found)
    const all = Atomics.add(found, 0, BigInt(primes)) + BigInt(primes)
    await this.wfile.write(`${primes} primes up to ${limit}, ${all} found in all`)
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
  const server = new PrimesServer({ host: 'localhost', port: 9999 }, PrimesHandler)
  await server.serveForever()
}
