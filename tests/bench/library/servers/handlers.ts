import {
  BaseRequestHandler,
  type DatagramRequest,
  type InetAddress,
  StreamRequestHandler,
  type UnixAddress,
} from 'socketserver-ts'

const COMPUTE_MS = 50

/** One receive, one reply, closed: what the seed's first program does. */
export class OnceHandler extends BaseRequestHandler {
  override async handle(): Promise<void> {
    await this.request.send(await this.request.recv(1024))
  }
}

/** Sends back all that arrives until the client ends. */
export class EchoHandler extends BaseRequestHandler {
  override async handle(): Promise<void> {
    for (;;) {
      const data = await this.request.recv(65_536)
      if (data.length === 0) return
      await this.request.send(data)
    }
  }
}

/** Sends back each line. */
export class LineHandler extends StreamRequestHandler {
  override async handle(): Promise<void> {
    for (;;) {
      const line = await this.rfile.readline()
      if (line.length === 0) return
      await this.wfile.write(line)
    }
  }
}

type AnyAddress = InetAddress | UnixAddress

export class DatagramHandler extends BaseRequestHandler<DatagramRequest<AnyAddress>, AnyAddress> {
  override async handle(): Promise<void> {
    const [data, socket] = this.request
    await socket.sendTo(data, this.clientAddress)
  }
}

/** Computes, then replies. */
export class ComputeHandler extends BaseRequestHandler {
  override async handle(): Promise<void> {
    const data = await this.request.recv(1024)
    const end = performance.now() + COMPUTE_MS
    while (performance.now() < end);
    await this.request.send(data)
  }
}
