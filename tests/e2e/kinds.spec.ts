import type { Locator } from '@playwright/test'
import { Playground } from './playground.ts'
import { expect, test } from './site.ts'

const FILE = 'tcp-server.ts'

class Kinds {
  readonly #region: Locator

  constructor(playground: Playground) {
    this.#region = playground.region
  }

  async open(): Promise<void> {
    await this.#region.getByRole('button', { name: 'Kind of server' }).click()
    await expect(this.button('TCP')).toHaveAttribute('aria-pressed', 'true')
  }

  button(name: string): Locator {
    const groups = this.#region.getByRole('group', { name: /^(Socket|Requests are served by)$/ })
    return groups.getByRole('button', { name, exact: true })
  }

  change(file: string): Locator {
    return this.#region.getByLabel(`Change of ${file}`)
  }
}

test('the same handler is served by every kind of server at a click, and answers', async ({ page, site }) => {
  await page.goto(site.address('/tutorial/tcp-echo'))
  const playground = new Playground(page, FILE)
  const kinds = new Kinds(playground)
  await kinds.open()
  for (const [label, name] of [
    ['Threads', 'ThreadingTCPServer'],
    ['Processes', 'ForkingTCPServer'],
    ['Event loop', 'AsyncTCPServer'],
    ['One at a time', 'TCPServer'],
  ] as const) {
    await kinds.button(label).click()
    await expect(kinds.button(label)).toHaveAttribute('aria-pressed', 'true')
    await expect(playground.editor(FILE)).toContainText(`new ${name}(`)
    await playground.start()
    await playground.client.enter(`served by ${name}`)
    await playground.client.shows(`Received: SERVED BY ${name.toUpperCase()}`)
    await playground.stop()
  }
})

test('a Unix socket takes server and client along, and both talk', async ({ page, site }) => {
  await page.goto(site.address('/tutorial/tcp-echo'))
  const playground = new Playground(page, FILE)
  const kinds = new Kinds(playground)
  await kinds.open()
  await kinds.button('Unix stream').click()
  await expect(kinds.change('tcp-client.ts').getByRole('insertion')).toHaveText(
    "const socket = await connect('server.sock')",
  )
  await playground.button('Start').click()
  await expect(playground.status).toHaveText(/^Listening on .*server\.sock/)
  await playground.client.enter('hello')
  await playground.client.shows('Received: HELLO')
  await playground.stop()
})

test('the change is shown as a change, and undo takes it back', async ({ page, site }) => {
  await page.goto(site.address('/tutorial/tcp-echo'))
  const playground = new Playground(page, FILE)
  const kinds = new Kinds(playground)
  await kinds.open()
  await kinds.button('Threads').click()
  await expect(kinds.change(FILE).getByRole('deletion')).toHaveText([
    /^import .* TCPServer/,
    / new TCPServer\(/,
  ])
  await expect(kinds.change(FILE).getByRole('insertion')).toHaveText([
    /ThreadingTCPServer/,
    / new ThreadingTCPServer\(/,
  ])
  await playground.editor(FILE).click()
  await page.keyboard.press('Control+z')
  await expect(kinds.button('One at a time')).toHaveAttribute('aria-pressed', 'true')
  await expect(playground.tab(FILE)).toHaveText(FILE)
})

test('what makes no sense for the handler is disabled, with the reason in words', async ({ page, site }) => {
  await page.goto(site.address('/tutorial/tcp-echo'))
  const playground = new Playground(page, FILE)
  const kinds = new Kinds(playground)
  await kinds.open()
  await expect(kinds.button('UDP')).toHaveAttribute('aria-disabled', 'true')
  await expect(kinds.button('UDP')).toHaveAccessibleDescription(
    /reads from a connection, and datagrams have none/,
  )
  await kinds.button('UDP').press('Enter')
  await expect(playground.tab(FILE)).toHaveText(FILE)
})
