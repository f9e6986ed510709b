import { defineConfig } from 'vitepress'
import { codeTheme } from './code-theme.ts'
import { editLink } from './edit-link.ts'
import { typedSnippets, typeHovers } from './hovers/type-hovers.ts'
import { LANGUAGE_TYPES_FILE, writeLanguageTypes } from './language-types.ts'
import { writeLlmsFiles } from './llms.ts'
import { pagesIn } from './pages.ts'
import { playgroundTag } from './playground-tag.ts'
import { precompress } from './precompress.ts'
import { simulatedNode } from './simulated-node.ts'
import { classDiagramTag } from './reference/class-diagram.ts'
import { REFERENCE_FOLDER, writeReference } from './reference/write-reference.ts'

const TITLE = 'Socketserver for TypeScript'

await writeLanguageTypes(LANGUAGE_TYPES_FILE)
await writeReference(REFERENCE_FOLDER)

const tutorial = pagesIn('tutorial')
const guides = pagesIn('guides')
const sidebar = [
  { text: 'Tutorial', items: tutorial },
  { text: 'Guides', items: guides },
  { text: 'Reference', items: pagesIn('reference', 'reference/api') },
]

export default defineConfig({
  srcDir: 'docs',
  title: TITLE,
  description: "Python's socketserver for TypeScript, with servers that you edit and run in the page",
  lang: 'en',
  cleanUrls: true,
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: '/favicon.svg' }]],
  markdown: {
    theme: codeTheme,
    config: (md) => {
      playgroundTag(md)
      classDiagramTag(md)
      typedSnippets(md)
    },
    codeTransformers: [typeHovers],
  },
  themeConfig: {
    siteTitle: 'socketserver-ts',
    logo: '/favicon.svg',
    search: { provider: 'local' },
    nav: [
      { text: 'Tutorial', link: tutorial[0]?.link ?? '/', activeMatch: '^/tutorial/' },
      { text: 'Playground', link: '/playground' },
      { text: 'Guides', link: guides[0]?.link ?? '/', activeMatch: '^/guides/' },
      { text: 'Reference', link: '/reference/', activeMatch: '^/reference/' },
    ],
    sidebar,
    ...editLink(process.env),
    outline: { level: [2, 3] },
  },
  vite: {
    // Workers have plugins of their own only in a build.
    plugins: [simulatedNode()],
    worker: { format: 'es', plugins: () => [simulatedNode()] },
    // Found late, a dependency would make the development server reload the page under the author's hands.
    optimizeDeps: {
      include: [
        '@codemirror/autocomplete',
        '@codemirror/commands',
        '@codemirror/lang-javascript',
        '@codemirror/language',
        '@codemirror/lint',
        '@codemirror/merge',
        '@codemirror/state',
        '@codemirror/view',
        '@lezer/highlight',
        '@typescript/vfs',
        '@xterm/addon-fit',
        '@xterm/xterm',
        'comlink',
        'typescript',
        'valibot',
      ],
    },
  },
  buildEnd: async ({ outDir }) => {
    await writeLlmsFiles(outDir, TITLE, sidebar)
    await precompress(outDir)
  },
})
