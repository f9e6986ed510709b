import { test } from 'vitest'
import { Page } from './page.ts'
import { openServer } from './support.ts'

test('the files of a program import each other by the names that the reader sees', async () => {
  const page = await Page.open(await openServer())
  const files = [
    {
      name: 'server.ts',
      source: `import { port } from './shared-port.ts'
import './effects.ts'
const { late } = await import('./late.ts')
console.log(port, late, './not-an-import.ts')`,
    },
    { name: 'shared-port.ts', source: 'export const port: number = 9999' },
    { name: 'effects.ts', source: "console.log('effect')" },
    { name: 'late.ts', source: "export { port as late } from './shared-port.ts'" },
  ]
  page.send({ type: 'start', run: 1, entry: 'server.ts', files, arguments: [] })
  await page.printed('effect\n9999 9999 ./not-an-import.ts\n')
})
