import { Playground } from './playground.ts'
import { expect, test } from './site.ts'

test('the keyboard alone does the whole walkthrough', async ({ page, site }) => {
  await page.goto(site.address('/tutorial/tcp-echo'))
  const playground = new Playground(page, 'tcp-server.ts')
  const { keyboard } = page
  await expect(playground.button('Start')).toBeEnabled()

  await test.step('start', async () => {
    await playground.tabTo(playground.button('Start'))
    await keyboard.press('Enter')
    await expect(playground.status).toHaveText(/^Listening on/)
    await expect(playground.button('Start')).toBeFocused()
  })

  await test.step('read both files', async () => {
    await playground.tabTo(playground.tab('tcp-server.ts'))
    await keyboard.press('ArrowRight')
    await expect(playground.tab('tcp-client.ts')).toHaveAttribute('aria-selected', 'true')
    await expect(playground.staticCode('tcp-client.ts')).toBeVisible()
    await keyboard.press('ArrowLeft')
    await expect(playground.staticCode('tcp-server.ts')).toBeVisible()
  })

  await test.step('edit, in an editor that Tab leaves', async () => {
    await playground.tabTo(playground.region.getByRole('button', { name: 'Copy code' }))
    await keyboard.press('Tab')
    await expect(playground.editor('tcp-server.ts')).toBeFocused()
    await keyboard.press('Control+Home')
    for (let line = 1; line < 12; line += 1) await keyboard.press('ArrowDown')
    await keyboard.press('End')
    await keyboard.press('Shift+Home')
    await keyboard.type("await this.request.send([...text].reverse().join(''))")
    await keyboard.press('Tab')
    await expect(playground.editor('tcp-server.ts')).not.toBeFocused()
    await expect(playground.editor('tcp-server.ts')).toContainText("[...text].reverse().join('')")
  })

  await test.step('restart', async () => {
    const before = await playground.status.innerText()
    await playground.tabTo(playground.button('Restart'), 'Shift+Tab')
    await keyboard.press('Enter')
    await expect(playground.status).not.toHaveText(before)
    await expect(playground.status).toHaveText(/^Listening on [^.]+\.0\.0\.1:9999 \(pid \d+\)$/)
  })

  await test.step('talk, in terminals that Tab and Shift-Tab leave', async () => {
    await playground.tabTo(playground.client.input)
    await keyboard.type('hello')
    await keyboard.press('Enter')
    await playground.client.shows('Sent: hello\nReceived: olleh')
    await keyboard.press('ArrowUp')
    await playground.client.shows(/\$ tsx tcp-client\.ts hello$/)
    await keyboard.press('Tab')
    await expect(playground.client.input).not.toBeFocused()
    await keyboard.press('Shift+Tab')
    await expect(playground.client.input).toBeFocused()
    await playground.tabTo(playground.server.input, 'Shift+Tab')
    await keyboard.press('Shift+Tab')
    await expect(playground.server.input).not.toBeFocused()
  })

  await test.step('stop', async () => {
    await playground.tabTo(playground.button('Stop'), 'Shift+Tab')
    await keyboard.press('Enter')
    await expect(playground.status).toHaveText('Stopped')
    await expect(playground.button('Stop')).toBeFocused()
  })
})
