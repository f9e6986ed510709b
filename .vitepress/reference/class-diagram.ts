import type { MarkdownRenderer } from 'vitepress'
import { linkTo } from './text.ts'

const TAG = /^<ClassDiagram of="(?<tree>\w+)" \/>$/

const INDENT = 22
const ROW_HEIGHT = 34
const BOX_HEIGHT = 26
const PADDING = 8
/** Of the font's widest kind at 12 px. */
const CHARACTER_WIDTH = 7.4
const WIDTH = 330

export interface DiagramClass {
  name: string
  /** The class that it extends; null for the first of a tree. */
  base: string | null
  mixIn: string | null
}

const MIX_INS = ['AsyncMixIn', 'ThreadingMixIn', 'ForkingMixIn']

/** The classes of servers and handlers, each after the one that it extends. */
export const CLASS_TREES: Readonly<Record<string, readonly DiagramClass[]>> = {
  servers: [
    plain('BaseServer', null),
    ...withMixIns('TCPServer', 'BaseServer'),
    ...withMixIns('UnixStreamServer', 'TCPServer'),
    ...withMixIns('UDPServer', 'TCPServer'),
    ...withMixIns('UnixDatagramServer', 'UDPServer'),
  ],
  handlers: [
    plain('BaseRequestHandler', null),
    plain('StreamRequestHandler', 'BaseRequestHandler'),
    plain('DatagramRequestHandler', 'BaseRequestHandler'),
  ],
}

/** Expands `<ClassDiagram of="servers" />` into a drawing and a table that says the same. */
export function classDiagramTag(md: MarkdownRenderer): void {
  md.core.ruler.after('block', 'class-diagram', (state) => {
    for (const token of state.tokens) {
      const name = token.type.startsWith('html_')
        ? TAG.exec(token.content.trim())?.groups?.['tree']
        : undefined
      if (name === undefined) continue
      const tree = CLASS_TREES[name]
      if (tree === undefined) {
        const names = Object.keys(CLASS_TREES).join(', ')
        throw new Error(`Cannot draw the classes of "${name}": one of ${names} is required`)
      }
      token.type = 'html_block'
      token.content = diagramHtml(tree)
    }
  })
}

function diagramHtml(tree: readonly DiagramClass[]): string {
  const places = new Map<string, { x: number; y: number }>()
  const shapes = tree.map(({ name, base, mixIn }, row) => {
    const above = places.get(base ?? '')
    const x = above === undefined ? 1 : above.x + INDENT
    const y = row * ROW_HEIGHT + 1
    places.set(name, { x, y })
    const middle = y + BOX_HEIGHT / 2
    const line =
      above && `<path d="M${above.x + INDENT / 2} ${above.y + BOX_HEIGHT}V${middle}H${x}" class="line" />`
    const width = Math.ceil(name.length * CHARACTER_WIDTH) + 2 * PADDING
    const box = `<rect x="${x}" y="${y}" width="${width}" height="${BOX_HEIGHT}" rx="5"${mixIn === null ? '' : ' class="mixed"'} />`
    const text = `<text x="${x + PADDING}" y="${middle}" dominant-baseline="central">${name}</text>`
    return `${line ?? ''}<g>${box}${text}</g>`
  })
  const height = (tree.length - 1) * ROW_HEIGHT + BOX_HEIGHT + 2
  const rows = tree.map(({ name, base, mixIn }) =>
    [link(name), base === null ? '' : link(base), mixIn === null ? '' : link(mixIn)].map(
      (cell) => `<td>${cell}</td>`,
    ),
  )
  return `<figure class="ClassDiagram">
<svg viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="Classes, each below the one that it extends; the table has the same">
${shapes.join('\n')}
</svg>
<details>
<summary>The same as a table</summary>
<table><thead><tr><th>class</th><th>extends</th><th>by the mix-in</th></tr></thead>
<tbody>${rows.map((cells) => `<tr>${cells.join('')}</tr>`).join('\n')}</tbody></table>
</details>
</figure>
`
}

/** From the only page that has drawings. */
function link(name: string): string {
  return `<a href="${linkTo(name).replace('./', './api/')}">${name}</a>`
}

function plain(name: string, base: string | null): DiagramClass {
  return { name, base, mixIn: null }
}

function withMixIns(name: string, base: string): DiagramClass[] {
  const mixed = MIX_INS.map((mixIn) => ({ name: mixIn.replace('MixIn', '') + name, base: name, mixIn }))
  return [plain(name, base), ...mixed]
}
