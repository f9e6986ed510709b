import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { docOf } from './doc.ts'
import { linked } from './text.ts'

const FILE = join(import.meta.dirname, '../../server-lib/src/events.ts')
const PUBLISHED = /^`\{ (?<fields>[^}]*) \}`: (?<when>.*)$/

/** The channels of `node:diagnostics_channel` that the library publishes to, as a page of the reference. */
export function eventsMarkdown(order: number): string {
  const source = ts.createSourceFile(FILE, readFileSync(FILE, 'utf8'), ts.ScriptTarget.Latest, true)
  const channels: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node)) channels.push(channelMarkdown(node.name.getText(), docOf(node).text))
    else ts.forEachChild(node, visit)
  }
  visit(source)
  const declaration = source.statements.find(ts.isVariableStatement)
  return `---
title: Events
description: What the library publishes through node:diagnostics_channel while it serves requests
order: ${order}
pageClass: Reference
outline: deep
editLink: false
---

# Events

${declaration === undefined ? '' : linked(docOf(declaration).text, '')}

${channels.join('\n\n')}
`
}

function channelMarkdown(name: string, text: string): string {
  const { fields = '', when = text } = PUBLISHED.exec(text)?.groups ?? {}
  const names = fields.split(', ').map((field) => `\`${field}\``)
  const sentence = when.charAt(0).toUpperCase() + when.slice(1)
  return `## \`socketserver-ts.${name}\`\n\n${linked(sentence, '')}\n\nFields: ${names.join(', ')}`
}
