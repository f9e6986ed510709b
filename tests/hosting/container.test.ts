import { once } from 'node:events'
import { chmod } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { seccompProfile, type SeccompProfile } from '@playground/hosting'
import { expect, test, vi } from 'vitest'
import { describeWith } from '../interop/tools.ts'
import { Page } from '../playground/page.ts'
import { buildDocs } from '../playground/support.ts'
import { CHECKOUT, runContainer } from './container.ts'
import { freePort } from './instance.ts'
import { waitFor } from './wait-for.ts'

const TOKEN = 'what-the-reader-knows'

vi.setConfig({ testTimeout: 30_000 })

describeWith('crun', 'a container by the rules of the Deployment', () => {
  test('walls readers with bubblewrap, as a user without any privilege', async () => {
    const port = await freePort()
    const { errors } = await startServer(port)
    await waitFor(async () => {
      const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined)
      if (response === undefined && errors() !== '') throw new Error(errors())
      return response?.ok === true
    })
    const page = await Page.open({ origin: `http://localhost:${port}`, token: TOKEN })
    await page.execute(`
      import { hostname, networkInterfaces, userInfo } from 'node:os'
      console.log(hostname(), userInfo().uid, Object.keys(networkInterfaces()).join())`)
    expect(page.output()).toBe('playground 1000 lo\n')
  })

  test.each([
    { what: 'a masked /proc', tried: { procMount: 'Default' } as const },
    ...['mount', 'pivot_root', 'sethostname', 'umount2', 'unshare'].map((call) => ({
      what: `no system call ${call}`,
      tried: { profile: without(call) },
    })),
  ])('with $what it refuses to start', async ({ tried }) => {
    const { child, errors } = await startServer(await freePort(), tried)
    expect(await once(child, 'exit')).toEqual([1, null])
    expect(errors()).toMatch(/^Cannot host: readers' programs would not be walled/)
  })

  test.each([
    { call: 'ptrace', python: 'libc.ptrace(0, 0, 0, 0)' },
    { call: 'a socket of AF_VSOCK', python: 'libc.socket(40, 1, 0)' },
  ])('$call does not exist', async ({ python }) => {
    const program = `import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
result = ${python}
assert result == -1, 'it exists'
assert ctypes.get_errno() == 38, os.strerror(ctypes.get_errno())`
    const { child, errors } = await runContainer({
      arguments: ['/usr/bin/python3', '-c', program],
      env: {},
      binds: [],
    })
    expect([await once(child, 'exit'), errors()]).toEqual([[0, null], ''])
  })
})

async function startServer(port: number, tried: Partial<Parameters<typeof runContainer>[0]> = {}) {
  const docs = await buildDocs()
  await chmod(docs, 0o755)
  return runContainer({
    arguments: [process.execPath, join(CHECKOUT, 'playground/server/dist/main.js'), '--docs', docs],
    env: {
      PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
      PLAY_HOSTED: '1',
      PLAY_HOST: '127.0.0.1',
      PORT: String(port),
      PLAY_ORIGINS: `http://localhost:${port}`,
      PLAY_TOKEN: TOKEN,
    },
    binds: [docs],
    ...tried,
  })
}

function without(call: string): SeccompProfile {
  const syscalls = seccompProfile.syscalls.map((rule) => ({
    ...rule,
    names: rule.names.filter((name) => name !== call),
  }))
  return { ...seccompProfile, syscalls }
}
