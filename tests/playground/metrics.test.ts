import { expect, test } from 'vitest'
import { Page } from './page.ts'
import { openServer, type TestServer } from './support.ts'

test('/metrics is served on its own port, and not on the one of the pages', async () => {
  const server = await openServer({ PLAY_METRICS_PORT: '0' })
  expect(await metrics(server)).toMatch(/^process_cpu_seconds_total \d/m)
  expect((await fetch(`${server.origin}/metrics`)).status).toBe(404)
  expect((await fetch(`http://127.0.0.1:${server.metricsPort}/`)).status).toBe(404)
})

test('there is no port of metrics unless one was asked for', async () => {
  expect((await openServer()).metricsPort).toBeUndefined()
})

test('/metrics counts what sessions do, by the names of the limits and codes that they meet', async () => {
  const server = await openServer({
    PLAY_METRICS_PORT: '0',
    PLAY_SESSIONS: '1',
    PLAY_RUNS_PER_SESSION: '1',
    PLAY_OUTPUT_BYTES_PER_RUN: '5',
  })
  // Other tests of this file may have counted in this process before.
  const before = await values(server)
  const page = await Page.open(server)
  await page.execute('process.stdout.write("five!")')
  await page.execute('process.stdout.write("more than five")')
  const { run } = await page.start(`
    import { StreamRequestHandler, TCPServer } from 'socketserver-ts'
    await new TCPServer({ host: '127.0.0.1', port: 0 }, StreamRequestHandler).serveForever()`)
  await page.message('listening', run)
  page.request('')
  await page.message('refused')
  await expect(Page.open(server)).rejects.toThrow('busy')

  const after = await values(server)
  const grown = [...after].map(([name, value]) => [name, value - (before.get(name) ?? 0)] as const)
  expect(Object.fromEntries(grown.filter(([, growth]) => growth !== 0))).toEqual({
    playground_sessions_open: 1,
    playground_runs_started_total: 3,
    playground_output_bytes_total: 10,
    playground_start_to_listening_seconds_count: 1,
    'playground_limits_hit_total{limit="outputBytesPerRun"}': 1,
    'playground_limits_hit_total{limit="runsPerSession"}': 1,
    'playground_limits_hit_total{limit="sessions"}': 1,
    'playground_refusals_total{code="too-many-runs"}': 1,
    'playground_refusals_total{code="busy"}': 1,
  })
  expect(after.get('playground_sessions_limit')).toBe(1)
})

/** The playground's own values, without the sums and parts of its histogram, which depend on the machine. */
async function values(server: TestServer): Promise<Map<string, number>> {
  const lines = (await metrics(server))
    .split('\n')
    .filter((line) => /^playground_(?!.*_(bucket|sum))/.test(line))
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]))
}

async function metrics({ metricsPort }: TestServer): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${metricsPort}/metrics`)
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  return response.text()
}
