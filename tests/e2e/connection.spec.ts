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

test('a page without a token says which address to open', async ({ page, site }) => {
  await page.goto(new URL('/tutorial/tcp-echo', site.address('/')).href)
  const playground = new Playground(page, 'tcp-server.ts')
  await playground.button('Start').click()
  const sentence = 'This page has no token. Open the address that npm start printed'
  await expect(playground.status).toHaveText(sentence)
  await playground.server.showsWrapped(`— ${sentence}`)
  await expect(playground.button('Start')).toBeEnabled()
})

test.describe('a page whose server goes away', () => {
  test.use({ expectedComplaint: /^WebSocket connection to .* failed/ })

  test('says that the connection is lost, keeps the edited text and can try again', async ({ page }) => {
    const site = await startSite()
    await page.goto(site.address('/tutorial/tcp-echo'))
    const playground = new Playground(page, 'tcp-server.ts')
    await playground.openEditor('tcp-server.ts')
    await playground.replaceLine('tcp-server.ts', 'console.log(text)', ["console.log('kept')"])
    await playground.start()
    await site.close()
    await expect(playground.status).toHaveText(/^Connection lost/)
    await expect(playground.editor('tcp-server.ts')).toContainText("console.log('kept')")
    await playground.button('Start').click()
    await expect(playground.status).toHaveText(
      /^The playground server does not answer, or does not know this page/,
    )
    await expect(playground.editor('tcp-server.ts')).toContainText("console.log('kept')")
  })

  test('a token of an earlier server is refused, and an address pasted into the tab mends it', async ({
    page,
    site,
  }) => {
    await page.goto(new URL('/tutorial/tcp-echo#token=of-another-server', site.address('/')).href)
    const playground = new Playground(page, 'tcp-server.ts')
    await playground.button('Start').click()
    await expect(playground.status).toHaveText(/Run npm start and open the address it prints$/)
    await page.goto(site.address('/tutorial/tcp-echo'))
    await playground.start()
    await playground.stop()
  })
})
