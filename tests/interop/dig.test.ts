import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { connect, openDatagram } from 'socketserver-ts'
import { describeWith, outputOf, type ServerProgram, startExample } from './tools.ts'

// Programs, threads and processes start as fast as the machine lets them.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

describeWith('dig', 'dig and a DNS server made of UDPServer and TCPServer', () => {
  let server: ServerProgram

  beforeAll(async () => {
    server = await startExample('dns-server.ts')
  })

  afterAll(() => server[Symbol.asyncDispose]())

  const dig = (...words: string[]) => {
    const { host, port } = server.address
    return outputOf('dig', [`@${host}`, '-p', String(port), '+tries=1', '+norecurse', ...words])
  }

  test.each(['+notcp', '+tcp'])('%s: a name that is known has its address', async (transport) => {
    expect(await dig(transport, '+short', 'server.example')).toBe('192.0.2.1\n')
    expect(await dig(transport, '+short', 'HANDLER.example')).toBe('192.0.2.2\n')
  })

  test.each(['+notcp', '+tcp'])('%s: the answer is whole and without a fault', async (transport) => {
    const answer = await dig(transport, 'server.example')
    expect(answer).toContain('status: NOERROR')
    expect(answer).toMatch(/flags: qr aa; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 0/)
    expect(answer).toMatch(/^server\.example\.\s+60\s+IN\s+A\s+192\.0\.2\.1$/m)
    expect(answer).not.toMatch(/warning|malformed|extra bytes/i)
  })

  test.each(['+notcp', '+tcp'])('%s: a name that is unknown does not exist', async (transport) => {
    const answer = await dig(transport, 'nobody.example')
    expect(answer).toContain('status: NXDOMAIN')
    expect(answer).toContain('ANSWER: 0')
  })

  test('a name that is known has no address of another type', async () => {
    const answer = await dig('server.example', 'AAAA')
    expect(answer).toContain('status: NOERROR')
    expect(answer).toContain('ANSWER: 0')
  })

  test('+keepopen: several queries go over one connection of TCP', async () => {
    const answers = await dig(
      '+tcp',
      '+keepopen',
      '+short',
      'server.example',
      '+tcp',
      '+keepopen',
      '+short',
      'handler.example',
    )
    expect(answers).toBe('192.0.2.1\n192.0.2.2\n')
  })

  test('a query that cannot be read is answered with a format error, and less than a header with nothing', async () => {
    await using datagrams = await openDatagram()
    datagrams.setTimeout(10_000)
    for (const short of ['', 'short']) await datagrams.sendTo(short, server.address)
    const header = [0x12, 0x34, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    const endless = [63, 1, 2, 3]
    const tooLong = [255, 1, 2, 3, 0, 0, 1, 0, 1]
    for (const question of [[], endless, tooLong]) {
      await datagrams.sendTo(Buffer.from([...header, ...question]), server.address)
      const [reply] = await datagrams.recvFrom()
      expect(reply.toString('hex')).toBe('123484010000000000000000')
    }
  })

  test('a client over TCP that breaks off disturbs nobody', async () => {
    await using stream = await connect(server.address)
    await stream.send(Buffer.from([0, 3, 1, 2, 3]))
    expect(await stream.recv(1024)).toEqual(Buffer.alloc(0))
    expect(await dig('+tcp', '+short', 'server.example')).toBe('192.0.2.1\n')
  })
})
