import type { Export, Member } from './library.ts'
import { groupOf, GROUPS, groupTitle, inheritedFrom } from './member-group.ts'
import type { ReferencePage } from './plan.ts'
import { anchorOf, linkTo, markdownOf } from './text.ts'

/** A page of the reference in Markdown; `order` is its place in the sidebar. */
export function pageMarkdown(
  page: ReferencePage,
  order: number,
  library: ReadonlyMap<string, Export>,
): string {
  const { title, description, lead, symbols } = page
  const sections = symbols.flatMap((name) => {
    const entry = library.get(name)
    return entry === undefined ? [] : [section(entry, library)]
  })
  return `---
title: ${JSON.stringify(title)}
description: ${JSON.stringify(description)}
order: ${order}
pageClass: Reference
outline: deep
editLink: false
---

# ${title}

${lead}

${sections.join('\n\n')}
`
}

function section(entry: Export, library: ReadonlyMap<string, Export>): string {
  const { name, base = '', signatures, doc, members } = entry
  const isSame = ({ title, doc: { text } }: Member) => text === '' && title !== 'await using'
  const overrides = members.filter(
    (member) => isSame(member) && inheritedFrom(entry, member, library) !== undefined,
  )
  const described = members.filter((member) => !overrides.includes(member))
  return join([
    `## \`${name}\` {#${anchorOf(name)}}`,
    code(signatures),
    markdownOf(doc, name),
    library.has(base) ? `It has the members of [\`${base}\`](${linkTo(base)}) too.` : '',
    overrides.length > 0
      ? `Overrides ${overrides.map((member) => override(entry, member, library)).join(', ')}.`
      : '',
    ...groups(entry, described, library),
  ])
}

function groups(entry: Export, members: Member[], library: ReadonlyMap<string, Export>): string[] {
  const grouped = GROUPS.map((group) => ({
    group,
    members: members.filter((member) => groupOf(entry, member, library) === group),
  })).filter((group) => group.members.length > 0)
  if (grouped.length < 2) return members.map((member) => memberMarkdown(entry, member, '###'))
  return grouped.flatMap(({ group, members }) => [
    `### ${groupTitle(group, entry)} {#${anchorOf(entry.name, `${group}-group`)}}`,
    ...members.map((member) => memberMarkdown(entry, member, '####')),
  ])
}

function memberMarkdown(
  { name: owner }: Export,
  { name, title, signatures, doc }: Member,
  level: string,
): string {
  return join([
    `${level} \`${title}\` {#${anchorOf(owner, name)}}`,
    code(signatures.map((line) => line.replace(/^constructor/, `new ${owner}`))),
    markdownOf(doc, owner),
  ])
}

function override(entry: Export, member: Member, library: ReadonlyMap<string, Export>): string {
  const inherited = inheritedFrom(entry, member, library)
  const text = member.isMethod ? member.title : (member.signatures[0] ?? '').replace('readonly ', '')
  return `[\`${text}\`](${linkTo(inherited?.owner.name ?? '', member.name)})`
}

function code(signatures: readonly string[]): string {
  return `\`\`\`ts\n${signatures.join('\n')}\n\`\`\``
}

function join(blocks: readonly string[]): string {
  return blocks.filter((block) => block !== '').join('\n\n')
}
