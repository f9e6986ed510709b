import type { Description } from './language-answers.ts'

const LINK = /\{@link(?:code|plain)?\s+(?<name>[^}|\s]+)[^}]*\}/g

/** The type, the doc comment and its tags, as text that a screen reader reads in this order. */
export function renderDescription({ type, documentation, tags }: Description): HTMLElement {
  const tooltip = document.createElement('div')
  tooltip.className = 'cm-description'
  const code = document.createElement('code')
  code.textContent = type
  tooltip.append(code)
  const paragraphs = [documentation, ...tags.map(({ name, text }) => `@${name} ${text}`.trim())]
  for (const text of paragraphs.filter((paragraph) => paragraph !== '')) {
    const paragraph = document.createElement('p')
    paragraph.textContent = readable(text)
    tooltip.append(paragraph)
  }
  return tooltip
}

/** The same in one line. */
export function descriptionText({ type, documentation }: Description): string {
  return readable([type, documentation].filter((part) => part !== '').join('. '))
}

function readable(text: string): string {
  return text.replace(LINK, '$<name>')
}
