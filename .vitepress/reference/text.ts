import type { Doc } from './doc.ts'
import { pageOf } from './plan.ts'

const LINK_TAG = /\{@link (?<name>[\w.]+)\}/g
const TYPE_IN_BRACES = /\{(?<type>[A-Z]\w+)\}/g
const CODE = /`(?<name>\w+)`/g
const ERROR_CODE = /\bERR_[A-Z_]+\b/g
const GENERIC = /(?<!`[^`]*)<(?=\w)/g

/** The anchor of an export, or of a member of it, as VitePress writes it where it is linked to. */
export function anchorOf(name: string, member?: string): string {
  return (member === undefined ? name : `${name}-${member}`).toLowerCase()
}

export function linkTo(name: string, member?: string): string {
  return `./${pageOf.get(name) ?? ''}#${anchorOf(name, member)}`
}

/** A doc comment in Markdown, in which exports and error codes are links. */
export function markdownOf({ text, throws }: Doc, self: string): string {
  const when = throws.map(
    ({ type, when }) => `Throws ${linked(typesOf(type), self)}${joint(when)}${linked(when, self)}`,
  )
  return [linked(text, self), ...when.map((line) => (line.endsWith('.') ? line : `${line}.`))]
    .filter((part) => part !== '')
    .join('\n\n')
}

function typesOf(type: string): string {
  return type
    .split('|')
    .map((name) => `\`${name.trim()}\``)
    .join(' or ')
}

function joint(when: string): string {
  return when.startsWith('ERR_') ? ': ' : ' '
}

/** Text of a doc comment with its links; `self` is the export that it describes, which needs none to itself. */
export function linked(text: string, self: string): string {
  return text
    .replaceAll(GENERIC, '&lt;')
    .replaceAll(TYPE_IN_BRACES, '`$<type>`')
    .replaceAll(LINK_TAG, (_, path: string) => {
      const [name = '', member] = path.split('.')
      return `[\`${member ?? name}\`](${linkTo(name, member)})`
    })
    .replaceAll(CODE, (code, name: string, offset: number, all: string) =>
      pageOf.has(name) && name !== self && all[offset - 1] !== '[' ? `[${code}](${linkTo(name)})` : code,
    )
    .replaceAll(ERROR_CODE, (code) => `[\`${code}\`](../errors#${code.toLowerCase().replaceAll('_', '-')})`)
}
