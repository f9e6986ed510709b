import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { Playground } from './playground.ts'
import { expect, test } from './site.ts'

const PATH = '/tutorial/tcp-echo'
const FILE = 'tcp-server.ts'
const BANNER = 'This code came from a link'

test.use({ permissions: ['clipboard-read', 'clipboard-write'] })

/** The link to a server that says it was run. */
async function sharedLink(page: Page, address: string): Promise<string> {
  await page.goto(address)
  const playground = new Playground(page, FILE)
  await playground.replaceProgram(FILE, ["console.log('the shared code runs')"])
  await playground.region.getByRole('button', { name: 'Share' }).click()
  await expect(playground.region.getByText('Link copied')).toBeVisible()
  return page.evaluate(() => navigator.clipboard.readText())
}

test('Share copies a link that holds the programs, and not the access token', async ({ page, site }) => {
  const link = await sharedLink(page, site.address(PATH))
  expect(link).toContain('/playground#code=')
  expect(link).not.toContain('token')
  await expect(page.getByRole('textbox', { name: 'Link to these programs' })).toHaveValue(link)
})

test('code from a link is shown with a banner and runs only after Start', async ({ page, site, context }) => {
  const link = await sharedLink(page, site.address(PATH))
  const reader = await context.newPage()
  const sent: string[] = []
  reader.on('websocket', (socket) => socket.on('framesent', ({ payload }) => sent.push(payload.toString())))
  const { hash } = new URL(site.address('/'))
  await reader.goto(link.replace('#', `${hash}&`))
  const playground = new Playground(reader, FILE)
  await expect(reader.getByText(BANNER)).toBeVisible()
  await expect(playground.editor(FILE)).toHaveText("console.log('the shared code runs')")
  await playground.editor(FILE).click()
  await playground.client.input.focus()
  // The session is open, so that a start would have gone out.
  await expect.poll(() => sent.some((frame) => frame.includes('"hello"'))).toBe(true)
  await expect(playground.status).toHaveText('Not started')
  expect(sent.filter((frame) => frame.includes('"start"'))).toEqual([])
  await playground.button('Start').click()
  await playground.server.shows('the shared code runs')
  expect(sent.filter((frame) => frame.includes('"start"'))).toHaveLength(1)
})

test('the token of the address and the code of a link work together', async ({ page, site, context }) => {
  const link = await sharedLink(page, site.address(PATH))
  const reader = await context.newPage()
  const { hash } = new URL(site.address('/'))
  await reader.goto(`${link}&${hash.slice(1)}`)
  await expect(reader.getByText(BANNER)).toBeVisible()
  expect(reader.url()).not.toContain('token')
  await reader.reload()
  await expect(reader.getByText(BANNER)).toBeVisible()
})

test("a link leaves the reader's own edits alone, and edits of it survive a reload", async ({
  page,
  site,
}) => {
  const link = await sharedLink(page, site.address(PATH))
  const playground = new Playground(page, FILE)
  await page.goto(site.address('/playground'))
  await playground.editor(FILE).click()
  await page.keyboard.press('Control+a')
  await page.keyboard.type('// my own')
  await page.goto(link)
  await expect(playground.editor(FILE)).toHaveText("console.log('the shared code runs')")
  await playground.editor(FILE).click()
  await page.keyboard.press('Control+End')
  await page.keyboard.type(' // edited')
  await page.reload()
  await expect(playground.editor(FILE)).toHaveText("console.log('the shared code runs') // edited")
  await page.getByRole('button', { name: 'Show my own code' }).click()
  await expect(playground.editor(FILE)).toHaveText('// my own')
  await expect(page).toHaveURL(/\/playground$/)
})

test('of links that were edited, the browser keeps the last twenty', async ({ page, site }) => {
  const link = await sharedLink(page, site.address(PATH))
  await page.evaluate(() => {
    const scopes = Array.from({ length: 20 }, (_, index) => `tcp-server.ts@old-${index}`)
    for (const scope of scopes) {
      localStorage.setItem(`socketserver-ts:1:file:${scope}/tcp-server.ts`, '{"source":"// old"}')
    }
    localStorage.setItem('socketserver-ts:1:links', JSON.stringify(scopes))
  })
  await page.goto(link)
  const playground = new Playground(page, FILE)
  await playground.editor(FILE).click()
  await page.keyboard.press('Control+End')
  await page.keyboard.type(' // edited')
  const keptOfLinks = (): Promise<string[]> =>
    page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('@')))
  await expect.poll(async () => (await keptOfLinks()).length).toBe(20)
  const kept = await keptOfLinks()
  expect(kept.filter((key) => key.includes('@old-'))).toHaveLength(19)
  expect(kept.some((key) => key.includes('@old-0/'))).toBe(false)
  await page.reload()
  await expect(playground.editor(FILE)).toContainText('// edited')
})

test('a broken link, and one to a program that is not here, say so', async ({ page, site }) => {
  const link = await sharedLink(page, site.address(PATH))
  await page.goto(link.slice(0, -20))
  await expect(page.getByText('The link is broken')).toBeVisible()
  await page.getByRole('button', { name: 'Close' }).click()
  await expect(page.getByText('The link is broken')).toBeHidden()
})

test('a program that is too long for a link is refused in words', async ({ page, site }) => {
  await page.goto(site.address(PATH))
  const playground = new Playground(page, FILE)
  await playground.openEditor(FILE)
  await page.keyboard.press('Control+a')
  const noise = Array.from({ length: 20_000 }, (_, index) =>
    ((index * 2_654_435_761) % 4_294_967_296).toString(36),
  )
  await page.keyboard.insertText(noise.join(' '))
  await playground.region.getByRole('button', { name: 'Share' }).click()
  await expect(
    playground.region.getByText(/^Cannot share \d+ characters: a link may have 16000/),
  ).toBeVisible()
})

test('Export saves the programs as one file, and Import brings them back', async ({ page, site }) => {
  await page.goto(site.address(PATH))
  const playground = new Playground(page, FILE)
  await playground.replaceProgram(FILE, ['// exported'])
  const download = page.waitForEvent('download')
  await playground.region.getByRole('button', { name: 'Export' }).click()
  const path = await (await download).path()
  expect((await download).suggestedFilename()).toBe('tcp-server.json')
  expect(JSON.parse(await readFile(path, 'utf8'))).toHaveProperty('files.0.source', '// exported')
  await playground.button('Reset').click()
  await expect(playground.editor(FILE)).not.toHaveText('// exported')
  await playground.region.getByLabel('Program to import').setInputFiles(path)
  await expect(playground.editor(FILE)).toHaveText('// exported')
})

for (const [what, content, refusal] of [
  ['a file that is no program', 'hello', 'a file that Export has saved is required'],
  ['JSON of another kind', '{"name":"x"}', 'a file that Export has saved is required'],
  [
    'a program of another example',
    '{"format":"socketserver-ts program","version":1,"files":[{"name":"udp-server.ts","source":""}]}',
    'it holds "udp-server.ts", and a program with "tcp-server.ts" is required',
  ],
  ['a file that is too large', ' '.repeat(300_000), 'at most 262144 are read'],
] as const) {
  test(`Import refuses ${what} in one line, and changes nothing`, async ({ page, site }) => {
    await page.goto(site.address(PATH))
    const playground = new Playground(page, FILE)
    const file = { name: 'x.json', mimeType: 'application/json', buffer: Buffer.from(content) }
    await playground.region.getByLabel('Program to import').setInputFiles(file)
    await expect(playground.region.getByText('Cannot import "x.json"')).toContainText(refusal)
    await expect(playground.tab(FILE)).toHaveText(FILE)
  })
}
