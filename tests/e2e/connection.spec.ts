import { Playground } from './playground.ts'
import { expect, startSite, test } from './site.ts'

test('the token leaves the address bar and stays in the tab', async ({ page, site }) => {
  await page.goto(site.address('/'))
  await expect(page).toHaveURL(/\/$/)
  await page.getByRole('link', { name: 'Start the first walkthrough' }).click()
  await new Playground(page, 'tcp-server.ts').start()
  await page.reload()
  await new Playground(page, 'tcp-server.ts').start()
})

test.describe('a page that cannot connect', () => {
  test.use({ expectedComplaint: /^WebSocket connection to .* failed|^Failed to load resource/ })

  test('says which address to open if it has no token', async ({ page, site }) => {
    await page.goto(new URL('/tutorial/tcp-echo', site.address('/')).href)
    const playground = new Playground(page, 'tcp-server.ts')
    await playground.button('Start').click()
    const sentence = 'This page has no token. Open the address that npm start printed'
    await expect(playground.status).toHaveText(sentence)
    await playground.server.showsWrapped(`— ${sentence}`)
    await expect(playground.button('Start')).toBeEnabled()
  })

  test('says that nobody answers, keeps the edited text and can try again', async ({ page }) => {
    const site = await startSite()
    await page.goto(site.address('/tutorial/tcp-echo'))
    const playground = new Playground(page, 'tcp-server.ts')
    await playground.openEditor('tcp-server.ts')
    await playground.replaceLine('tcp-server.ts', 'console.log(text)', ["console.log('kept')"])
    await site.close()
    await playground.button('Start').click()
    await expect(playground.status).toHaveText(/^The playground server does not answer/)
    await expect(playground.editor('tcp-server.ts')).toContainText("console.log('kept')")
    await expect(playground.button('Start')).toBeEnabled()
  })

  test('a token of an earlier server is refused, and an address pasted into the tab mends it', async ({
    page,
    site,
  }) => {
    await page.goto(new URL('/tutorial/tcp-echo#token=of-another-server', site.address('/')).href)
    const playground = new Playground(page, 'tcp-server.ts')
    await playground.button('Start').click()
    await expect(playground.status).toHaveText(/^The playground server does not know this page/)
    await page.goto(site.address('/tutorial/tcp-echo'))
    await playground.start()
    await playground.stop()
  })
})
