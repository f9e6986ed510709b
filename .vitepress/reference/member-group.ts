import type { Export, Member } from './library.ts'

/** Who calls a member, in the order in which a reader looks for it. */
export const GROUPS = ['call', 'set', 'read', 'hook', 'own'] as const

export type Group = (typeof GROUPS)[number]

/** What a group is called among the members of `owner`. */
export function groupTitle(group: Group, owner: Export): string {
  switch (group) {
    case 'call':
      return 'You call it'
    case 'set':
      if (isHandler(owner)) return 'You set it in your class'
      return isServer(owner) ? 'You set it before serving' : 'You set it'
    case 'read':
      return 'You read it'
    case 'hook':
      return 'The server calls it, and you may override it'
    case 'own':
      return 'The library’s own, for classes that derive'
  }
}

/** What the doc comment of a member says of who calls it; an override is called by whoever calls what it overrides. */
export function groupOf(owner: Export, member: Member, library: ReadonlyMap<string, Export>): Group {
  const { text } = rootOf(owner, member, library).doc
  if ((member.isProtected && !isHandler(owner)) || text.startsWith('Called by the library')) return 'own'
  if (member.isMethod) return text.startsWith('Called ') ? 'hook' : 'call'
  return member.isReadonly || text.includes('set by `setup()`') ? 'read' : 'set'
}

/** The declaration that a member overrides, and that of it, up to the first. */
function rootOf(owner: Export, member: Member, library: ReadonlyMap<string, Export>): Member {
  const found = inheritedFrom(owner, member, library)
  return found === undefined ? member : rootOf(found.owner, found.member, library)
}

/** The nearest class above that declares the member too. */
export function inheritedFrom(
  { base = '' }: Export,
  member: Member,
  library: ReadonlyMap<string, Export>,
): { owner: Export; member: Member } | undefined {
  const owner = library.get(base)
  if (owner === undefined || member.name === 'constructor') return undefined
  const declared = owner.members.find(({ name }) => name === member.name)
  return declared === undefined ? inheritedFrom(owner, member, library) : { owner, member: declared }
}

function isHandler({ name }: Export): boolean {
  return name.endsWith('Handler')
}

/** A class of servers, or what a mix-in adds to one. */
function isServer({ name }: Export): boolean {
  return /(Server|Members)$/.test(name)
}
