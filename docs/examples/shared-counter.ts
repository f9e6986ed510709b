import {
  BaseRequestHandler,
  connect,
  ForkingTCPServer,
  type InetAddress,
  isMain,
  ThreadingTCPServer,
} from 'socketserver-ts'

interface Counting {
  counter: SharedArrayBuffer
}

export class CountingThreads extends ThreadingTCPServer implements Counting {
  counter = new SharedArrayBuffer(4)
}

export class CountingProcesses extends ForkingTCPServer implements Counting {
  counter = new SharedArrayBuffer(4)
}

export class CountingHandler extends BaseRequestHandler {
  async handle() {
    // threads find the memory of the server, child processes a copy of it
    const { counter } = this.server as unknown as Counting
    const count = Atomics.add(new Int32Array(counter), 0, 1) + 1
    await this.request.send(`${count}`)
  }
}

async function countThreeTimes(server: CountingThreads | CountingProcesses): Promise<string[]> {
  await server.listen()
  const loop = server.serveForever()
  const counts: string[] = []
  for (let client = 0; client < 3; client += 1) {
    const socket = await connect(server.serverAddress)
    counts.push(String(await socket.recv(1024)))
    await socket.close()
  }
  await server.serverClose()
  await loop
  return counts
}

if (isMain(import.meta)) {
  const address: InetAddress = { host: 'localhost', port: 0 }
  console.log(
    'Threads share the counter:',
    await countThreeTimes(new CountingThreads(address, CountingHandler)),
  )
  console.log('Processes do not:', await countThreeTimes(new CountingProcesses(address, CountingHandler)))
}
