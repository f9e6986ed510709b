import { Playground } from './playground.ts'
import { exampleSource, expect, test } from './site.ts'

const PATH = '/tutorial/tcp-echo'
const FILE = 'tcp-server.ts'

test('edits survive a reload, and what was edited is what runs', async ({ page, site }) => {
  await page.goto(site.address(PATH))
  const playground = new Playground(page, FILE)
  await playground.openEditor(FILE)
  await playground.replaceLine(FILE, 'text.toUpperCase()', ["await this.request.send('kept')"])
  await page.reload()
  await expect(playground.tab(FILE)).toHaveText(`${FILE} (edited)`)
  await expect(playground.editor(FILE)).toContainText("send('kept')")
  await playground.start()
  await playground.client.enter('hello')
  await playground.client.shows('Received: kept')
  await playground.stop()
})

test('Reset restores the published program, for later visits too', async ({ page, site }) => {
  await page.goto(site.address(PATH))
  const playground = new Playground(page, FILE)
  await playground.replaceProgram(FILE, ['// mine'])
  await page.reload()
  await expect(playground.editor(FILE)).toHaveText('// mine')
  await playground.button('Reset').click()
  const published = (await exampleSource(FILE)).split('\n')[0] ?? ''
  await expect(playground.editor(FILE)).toContainText(published)
  await page.reload()
  await expect(playground.staticCode(FILE)).toContainText(published)
  await expect(playground.tab(FILE)).toHaveText(FILE)
})

test('playgrounds of one page keep files of the same name apart', async ({ page, site }) => {
  await page.goto(site.address('/tutorial/streams'))
  const first = new Playground(page, 'streams-server.ts')
  const second = new Playground(page, 'tcp-server-readline.ts')
  await first.replaceProgram('streams-client.ts', ['// of the first'])
  await page.reload()
  await expect(first.tab('streams-client.ts')).toHaveText('streams-client.ts (edited)')
  await expect(second.tab('streams-client.ts')).toHaveText('streams-client.ts')
})

test('of two tabs the last edit of a file wins, and the other tab shows it and says so', async ({
  page,
  site,
}) => {
  await page.goto(site.address(PATH))
  const other = await page.context().newPage()
  await other.goto(site.address(PATH))
  const here = new Playground(page, FILE)
  const there = new Playground(other, FILE)
  await here.replaceProgram(FILE, ['// here'])
  await expect(there.editor(FILE)).toHaveText('// here')
  await there.replaceProgram('tcp-client.ts', ['// another file'])
  await here.tab('tcp-client.ts').click()
  await expect(here.editor('tcp-client.ts')).toHaveText('// another file')
  await expect(here.region.getByText('Another tab has changed tcp-client.ts')).toBeVisible()
  await there.tab(FILE).click()
  await there.editor(FILE).click()
  await other.keyboard.press('Control+a')
  await other.keyboard.type('// there')
  await here.tab(FILE).click()
  await expect(here.editor(FILE)).toHaveText('// there')
  await expect(here.region.getByText('Another tab has changed tcp-server.ts')).toBeVisible()
  await here.editor(FILE).click()
  await page.keyboard.press('Control+z')
  await expect(here.editor(FILE)).not.toHaveText('// there')
  await page.reload()
  await expect(here.editor(FILE)).not.toHaveText('// there')
})

test.describe('in a browser that keeps nothing', () => {
  // VitePress writes to the storage too, and complains.
  test.use({ expectedComplaint: /QuotaExceededError/ })

  test('that is said, and the playground works', async ({ page, site }) => {
    await page.addInitScript(() => {
      const { setItem } = Storage.prototype
      Storage.prototype.setItem = function (key, value) {
        if (this === sessionStorage) return setItem.call(this, key, value)
        throw new DOMException('The quota has been exceeded', 'QuotaExceededError')
      }
    })
    await page.goto(site.address(PATH))
    const playground = new Playground(page, FILE)
    await playground.replaceProgram(FILE, ['// mine'])
    await expect(playground.region.getByText('This browser keeps nothing')).toBeVisible()
    await expect(playground.editor(FILE)).toHaveText('// mine')
  })
})

for (const broken of ['{', '{"source":1}', 'null']) {
  test(`what the browser has kept is passed over where it is ${broken}`, async ({ page, site }) => {
    await page.addInitScript((text) => {
      localStorage.setItem('socketserver-ts:1:file:tcp-server.ts/tcp-server.ts', text)
      localStorage.setItem('socketserver-ts:1:layout', text)
    }, broken)
    await page.goto(site.address('/playground'))
    const playground = new Playground(page, FILE)
    await expect(playground.tab(FILE)).toHaveText(FILE)
    await expect(page.getByRole('separator', { name: 'Width of the code' })).toHaveAttribute(
      'aria-valuenow',
      '60',
    )
    await playground.start()
    await playground.stop()
  })
}
