import { join } from 'node:path'
import { createMarkdownRenderer } from 'vitepress'
import { expect, test } from 'vitest'
import { examples } from '../../.vitepress/examples.ts'
import { playgroundTag } from '../../.vitepress/playground-tag.ts'

const DOCS = join(import.meta.dirname, '../../docs')

const markdown = await createMarkdownRenderer(DOCS, { config: playgroundTag })

function render(source: string): Promise<string> {
  return markdown.renderAsync(source, { path: join(DOCS, 'page.md'), cleanUrls: true })
}

test('playgroundTag() puts the programs of the example into the page as highlighted text', async () => {
  const html = await render('Above\n\n<Playground example="udp-echo" />\n\nBelow')
  expect(html).toContain('<Playground server="udp-server.ts" client="udp-client.ts"')
  expect(html).toMatch(/<template #server>.*shiki.*MyUDPHandler.*<\/template>/s)
  expect(html).toMatch(/<template #client>.*shiki.*openDatagram.*<\/template>/s)
})

test("playgroundTag() puts the example's step, hints and question into the page as text", async () => {
  const html = await render('<Playground example="tcp-echo" />')
  expect(html).toContain('measures="ms"')
  expect(html).toMatch(/<template #goal>\s*<p>Make the server answer backwards: .*<code.*>olleh<\/code>/)
  expect(html).toMatch(/<template #second-hint>\s*<p>Send <code/)
  expect(html).toMatch(/<template #question>\s*<p>A client connects/)
  expect(await render('<Playground example="tcp-readline" />')).not.toMatch(/#goal|#question|measures/)
})

test('playgroundTag() puts every file of every example into the full page, once', async () => {
  const html = await render('<PlaygroundPage />')
  for (const { server, client, modules = [] } of examples.values()) {
    for (const file of [server, client, ...modules]) {
      expect(html.split(`<template #${file.replace(/\.ts$/, '')}>`).length, file).toBe(2)
    }
    expect(html).toContain(`&quot;server&quot;:&quot;${server}&quot;`)
  }
})

test('playgroundTag() fails on an unknown example and names those that there are', async () => {
  await expect(render('<Playground example="tcp-ehco" />')).rejects.toThrow(
    /^Unknown example "tcp-ehco" of a <Playground>: one of tcp-echo, .* is required$/,
  )
})

test.each([
  'Try this: <Playground example="tcp-echo" />',
  '<Playground example=tcp-echo />',
  '<Playground example="tcp-echo"></Playground>',
  '<PlaygroundPage></PlaygroundPage>',
])('playgroundTag() fails on %j, which it cannot expand', async (source) => {
  await expect(render(source)).rejects.toThrow('on a line of its own')
})

test('playgroundTag() leaves the tag in code alone', async () => {
  const html = await render('`<Playground example="x" />`\n\n```md\n<Playground example="x" />\n```')
  expect(html).not.toContain('<Playground')
})
