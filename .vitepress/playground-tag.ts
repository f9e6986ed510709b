import type { MarkdownRenderer } from 'vitepress'
import { examples } from './examples.ts'

const TAG = /^<Playground\s+example="(?<name>[^"]*)"\s*\/>$/
const ANY_TAG = /<Playground[\s/>]/
const INLINE_CODE = /`[^`]*`/g

/** Every kind of block but code, which may show the tag. */
const PROSE = new Set(['html_block', 'html_inline', 'inline'])

/**
 * Expands `<Playground example="tcp-echo" />` into the component with the example's files in its slots, so that the
 * page holds them as highlighted text before any script has run.
 * @throws if the tag is misspelt or names no example: the build fails instead of the page.
 */
export function playgroundTag(md: MarkdownRenderer): void {
  md.core.ruler.after('block', 'playground', (state) => {
    state.tokens = state.tokens.flatMap((token) => {
      const content = token.content.trim()
      const name = TAG.exec(content)?.groups?.['name']
      if (token.type.startsWith('html_') && name !== undefined) return parseBlocks(expand(name))
      if (PROSE.has(token.type) && ANY_TAG.test(content.replaceAll(INLINE_CODE, ''))) {
        throw new Error(
          `Cannot expand "${content}": <Playground example="NAME" /> on a line of its own, between blank lines, is required`,
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

function expand(name: string): string {
  const example = examples.get(name)
  if (example === undefined) {
    const names = [...examples.keys()].join(', ')
    throw new Error(`Unknown example "${name}" of a <Playground>: one of ${names} is required`)
  }
  const { server, client, modules = [], words } = example
  const slots = [
    { slot: 'server', file: server },
    { slot: 'client', file: client },
    ...modules.map((file, index) => ({ slot: `module-${index}`, file })),
  ]
  return `
<Playground server="${server}" client="${client}" modules="${modules.join(' ')}" words="${words}">
${slots.map(({ slot, file }) => `<template #${slot}>\n\n<<< @/examples/${file}\n\n</template>`).join('\n')}
</Playground>
`
}
