import { Playground } from './playground.ts'
import { expect, test } from './site.ts'

test.beforeEach(async ({ page, site }) => {
  await page.goto(site.address('/tutorial/tcp-echo'))
})

test('a program reads the lines that are typed into its terminal, and their end', async ({ page }) => {
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.replaceProgram('tcp-server.ts', [
    "process.stdin.on('data', (data) => console.log('read', String(data).trim()))",
    "process.stdin.on('end', () => console.error('end'))",
  ])
  await playground.button('Start').click()
  await expect(playground.status).toHaveText(/^Running \(pid \d+\)$/)
  await playground.server.enter('ab c')
  await playground.server.shows('ab c\nread ab c')
  await page.keyboard.press('Control+d')
  await playground.server.shows(/end\n— Exited with code 0$/)
  await expect(playground.status).toHaveText('Exited with code 0')
})

test('more output than may wait is drawn to its end', async ({ page }) => {
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.replaceProgram('tcp-server.ts', [
    "for (let line = 0; line < 60_000; line += 1) console.log('x'.repeat(60))",
    "console.log('the end')",
  ])
  await playground.button('Start').click()
  await expect(playground.status).toHaveText('Exited with code 0', { timeout: 20_000 })
  await playground.server.shows(/the end\n— Exited with code 0$/)
})

test('a program that never stops printing can be stopped', async ({ page }) => {
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.replaceProgram('tcp-server.ts', [
    "const print = () => process.stdout.write('y'.repeat(50_000), print)",
    'print()',
  ])
  await playground.button('Start').click()
  await playground.server.shows('yyyy')
  await playground.stop()
  await playground.server.shows(/— Stopped$/)
})

test('a program that ends itself and one that is interrupted are told apart', async ({ page }) => {
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.replaceProgram('tcp-server.ts', ['process.exit(3)'])
  await playground.button('Start').click()
  await expect(playground.status).toHaveText('Exited with code 3')
  await playground.button('Reset').click()
  await playground.start()
  await playground.server.input.press('Control+c')
  await expect(playground.status).toHaveText('Ended by SIGINT')
  await expect(playground.button('Stop')).toBeDisabled()
  await playground.start()
  await playground.stop()
})
