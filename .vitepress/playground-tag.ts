import type { MarkdownRenderer } from 'vitepress'
import { type Example, examples } from './examples.ts'

const TAG = /^<Playground\s+example="(?<name>[^"]*)"\s*\/>$/
const PAGE_TAG = '<PlaygroundPage />'
const ANY_TAG = /<Playground(Page)?[\s/>]/
const INLINE_CODE = /`[^`]*`/g

/** Every kind of block but code, which may show the tag. */
const PROSE = new Set(['html_block', 'html_inline', 'inline'])

/**
 * Expands `<Playground example="tcp-echo" />` into the component with the example's files and texts in its slots, and
 * `<PlaygroundPage />` into the one with the files of all, so that the page holds them as highlighted text before any
 * script has run.
 * @throws if the tag is misspelt or names no example: the build fails instead of the page.
 */
export function playgroundTag(md: MarkdownRenderer): void {
  md.core.ruler.after('block', 'playground', (state) => {
    state.tokens = state.tokens.flatMap((token) => {
      const content = token.content.trim()
      const name = TAG.exec(content)?.groups?.['name']
      if (token.type.startsWith('html_') && name !== undefined) return parseBlocks(expand(name))
      if (token.type.startsWith('html_') && content === PAGE_TAG) return parseBlocks(expandPage())
      if (PROSE.has(token.type) && ANY_TAG.test(content.replaceAll(INLINE_CODE, ''))) {
        throw new Error(
          `Cannot expand "${content}": <Playground example="NAME" /> or ${PAGE_TAG} on a line of its own, between blank lines, is required`,
        )
      }
      return [token]
    })

    function parseBlocks(source: string): typeof state.tokens {
      const tokens: typeof state.tokens = []
      md.block.parse(source, md, state.env, tokens)
      return tokens
    }
  })
}

/** The files of the servers in a page of Markdown whose examples have a step. */
export function stepsIn(markdown: string): string[] {
  return markdown.split('\n').flatMap((line) => {
    const example = examples.get(TAG.exec(line.trim())?.groups?.['name'] ?? '')
    return example?.step === undefined ? [] : [example.server]
  })
}

function expand(name: string): string {
  const example = examples.get(name)
  if (example === undefined) {
    const names = [...examples.keys()].join(', ')
    throw new Error(`Unknown example "${name}" of a <Playground>: one of ${names} is required`)
  }
  const { server, client, modules = [], words, step, prediction } = example
  const slots = [
    codeSlot('server', server),
    codeSlot('client', client),
    ...modules.map((file, index) => codeSlot(`module-${index}`, file)),
    ...(step
      ? [slot('goal', step.goal), slot('hint', step.hints[0]), slot('second-hint', step.hints[1])]
      : []),
    ...(prediction
      ? [slot('question', prediction.question), slot('explanation', prediction.explanation)]
      : []),
  ]
  const attributes = {
    server,
    client,
    modules: modules.join(' '),
    words,
    ...(prediction && { measures: prediction.unit }),
  }
  return component('Playground', attributes, slots)
}

/** Each file stands in the page once, however many examples have it. */
function expandPage(): string {
  const all = [...examples.values()]
  const files = new Set(all.flatMap(({ server, client, modules = [] }) => [server, client, ...modules]))
  const slots = Array.from(files, (file) => codeSlot(file.replace(/\.ts$/, ''), file))
  return component('PlaygroundPage', { ':examples': JSON.stringify(all.map(withoutTexts)) }, slots)
}

function withoutTexts({ server, client, modules, words }: Example): Example {
  return { server, client, words, ...(modules && { modules }) }
}

function component(name: string, attributes: Record<string, string>, slots: readonly string[]): string {
  const given = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${value.replaceAll('"', '&quot;')}"`,
  )
  return `\n<${name}${given.join('')}>\n${slots.join('\n')}\n</${name}>\n`
}

function codeSlot(name: string, file: string): string {
  return slot(name, `<<< @/examples/${file}`)
}

/** Blank lines make Markdown of what is between the tags. */
function slot(name: string, markdown: string): string {
  return `<template #${name}>\n\n${markdown}\n\n</template>`
}
