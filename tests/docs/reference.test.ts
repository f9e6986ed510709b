import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as library from 'socketserver-ts'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { CLASS_TREES, type DiagramClass } from '../../.vitepress/reference/class-diagram.ts'
import { referencePages } from '../../.vitepress/reference/write-reference.ts'

const ROOT = join(import.meta.dirname, '../..')
const INDEX = join(ROOT, 'server-lib/dist/index.d.ts')

const HEADING = /^#{2,} (?<title>.+?)(?: \{#(?<anchor>[\w-]+)\})?$/
const ERROR_CODE = /'(ERR_[A-Z_]+)'/g
/** What follows the heading and the declaration, up to the next heading. */
const DESCRIPTION = /^\n+(?:```ts\n[^]*?\n```\n)?(?<text>[^]*?)(?=\n#+ |$)/

const pages = referencePages()
const described = new Map([...pages.values()].flatMap(sectionsOf))

describe('the reference', () => {
  const declared = declaredNames()

  test('knows the exports and members that a program sees', () => {
    expect(declared).toContain('BaseServer-handleTimeout')
    expect(declared).toContain('connect')
    expect(declared.length).toBeGreaterThan(150)
  })

  test('has every export and every public member', () => {
    const missing = declared.filter((name) => !described.has(name.toLowerCase()) && !isNamedAsOverride(name))
    expect(missing).toEqual([])
  })

  test('describes what it has', () => {
    const empty = [...described].filter(([anchor, { text }]) => text === '' && !anchor.endsWith('-group'))
    expect(empty.map(([anchor]) => anchor)).toEqual([])
  })

  test('has nothing that the library does not have', () => {
    const names = new Set(declared.map((name) => name.toLowerCase()))
    const anchors = [...described.keys()].filter((anchor) => !/-group$|^socketserver-ts\./.test(anchor))
    expect(anchors.filter((anchor) => !names.has(anchor))).toEqual([])
  })
})

test.each([
  ['BaseServer', 'listen', 'You call it'],
  ['TCPServer', 'requestQueueSize', 'You set it before serving'],
  ['StreamRequestHandler', 'wbufsize', 'You set it in your class'],
  ['StreamReader', 'maxLineLength', 'You set it'],
  ['BaseServer', 'acceptedRequests', 'You read it'],
  ['SocketServerError', 'name', 'You read it'],
  ['BaseServer', 'handleTimeout', 'The server calls it, and you may override it'],
  ['BaseServer', 'enqueue', 'The library’s own, for classes that derive'],
])('%s.%s stands under "%s"', (owner, member, group) => {
  expect(described.get(`${owner}-${member}`.toLowerCase())?.group).toBe(group)
})

test('the page of errors has each code of the library, with its cause and what to do', () => {
  const sources = join(ROOT, 'server-lib/src')
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
  const codes = files.flatMap((file) =>
    Array.from(readFileSync(join(sources, file), 'utf8').matchAll(ERROR_CODE), ([, code = '']) => code),
  )
  const sections = sectionsOf(readFileSync(join(ROOT, 'docs/reference/errors.md'), 'utf8'))
  expect(sections.map(([anchor]) => anchor)).toEqual([...new Set(codes)].sort())
  const unclear = sections.filter(([, { text }]) => !/\*\*Cause\.\*\* \S[^]*\n\n\*\*Mend\.\*\* \S/.test(text))
  expect(unclear).toEqual([])
})

describe('the class diagram', () => {
  const drawn = Object.values(CLASS_TREES).flat()
  const classes = new Map(
    Object.entries(library).filter(
      ([, value]) => /(Server|RequestHandler)$/.test(value.name) && /^class/.test(String(value)),
    ),
  )

  test('has every class of servers and handlers', () => {
    expect(drawn.map(({ name }) => name).sort()).toEqual([...classes.keys()].sort())
  })

  test.each(drawn)('$name extends what it says', ({ name, base, mixIn }: DiagramClass) => {
    const between = prototypeChain(classes.get(name))
    const nearest = between.findIndex((Class) => [...classes.values()].some((other) => other === Class))
    expect(between[nearest]?.name ?? null).toBe(base)
    expect(between.slice(0, Math.max(nearest, 0)).map((Class) => Class.name)).toEqual(
      mixIn === null ? [] : [mixIn.replace('MixIn', 'Server')],
    )
  })
})

/** Each anchor of a page, or heading that has none of its own, with the text below its heading and the group of members that it stands in. */
function sectionsOf(markdown: string): [anchor: string, { text: string; group: string }][] {
  let group = ''
  let rest = markdown
  return markdown.split('\n').flatMap((line) => {
    const { title, anchor } = HEADING.exec(line)?.groups ?? {}
    if (title === undefined) return []
    if (anchor?.endsWith('-group') === true) group = title
    rest = rest.slice(rest.indexOf(line) + line.length)
    const text = DESCRIPTION.exec(rest)?.groups?.['text']?.trim() ?? ''
    return [[anchor ?? title.replaceAll('`', ''), { text, group }]]
  })
}

/** Whether the section of the class says that it overrides the member, with a link to what is said of that. */
function isNamedAsOverride(name: string): boolean {
  const [owner = '', member = ''] = name.split('-')
  const overrides = /^Overrides .*$/m.exec(described.get(owner.toLowerCase())?.text ?? '')?.[0] ?? ''
  return new RegExp(`\\[\`${member}\\b[^\`]*\`\\]\\(\\./[\\w-]+#\\w+-${member.toLowerCase()}\\)`).test(
    overrides,
  )
}

/** Every export, and every member that a class or interface declares itself, of the built library. */
function declaredNames(): string[] {
  const program = ts.createProgram([INDEX], {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.NodeNext,
    types: [],
  })
  const checker = program.getTypeChecker()
  const index = program.getSourceFile(INDEX)
  const module = index && checker.getSymbolAtLocation(index)
  return (module === undefined ? [] : checker.getExportsOfModule(module)).flatMap((symbol) => {
    const isType = symbol.declarations?.some(
      (node) => ts.isExportSpecifier(node) && ts.isTypeOnlyExportDeclaration(node),
    )
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
    const members = (target.declarations ?? []).flatMap((node) =>
      ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node) ? [...node.members] : [],
    )
    const names = members.flatMap((member) => memberName(member, isType === true))
    return [symbol.name, ...new Set(names.map((name) => `${symbol.name}-${name}`))]
  })
}

function memberName(member: ts.ClassElement | ts.TypeElement, isType: boolean): string[] {
  if (ts.isConstructorDeclaration(member)) return isType ? [] : ['constructor']
  if (member.name === undefined || ts.isPrivateIdentifier(member.name)) return []
  const isPrivate = (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private) !== 0
  return isPrivate ? [] : [member.name.getText().replace(/^\[Symbol\.(\w+)\]$/, '$1')]
}

function prototypeChain(Class: unknown): { name: string }[] {
  const above: unknown = Object.getPrototypeOf(Class)
  return above === Function.prototype || typeof above !== 'function' ? [] : [above, ...prototypeChain(above)]
}
