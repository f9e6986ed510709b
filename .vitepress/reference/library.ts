import { join } from 'node:path'
import ts from 'typescript'
import { readConfiguration } from '../read-configuration.ts'
import { type Doc, docOf, isInternal } from './doc.ts'

const LIBRARY = join(import.meta.dirname, '../../server-lib')

export interface Member {
  name: string
  /** `method()`, `property`, `new Class()` or `for await`: what a heading says. */
  title: string
  /** As it is declared, without its body; more than one where it is overloaded. */
  signatures: string[]
  isProtected: boolean
  isMethod: boolean
  isReadonly: boolean
  doc: Doc
}

export interface Export {
  name: string
  kind: 'class' | 'function' | 'interface' | 'type'
  /** The class that it extends, if that is one of the library. */
  base: string | undefined
  signatures: string[]
  doc: Doc
  members: Member[]
}

type Declaration =
  ts.ClassDeclaration | ts.FunctionDeclaration | ts.InterfaceDeclaration | ts.TypeAliasDeclaration

/** What the library exports, as its sources declare and describe it. */
export function readLibrary(): Map<string, Export> {
  const index = join(LIBRARY, 'src/index.ts')
  const { options } = readConfiguration(join(LIBRARY, 'tsconfig.json'))
  const program = ts.createProgram([index], options)
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(index)
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source)
  if (module === undefined) throw new Error(`Cannot read "${index}": the index of the library is required`)
  return new Map(
    checker.getExportsOfModule(module).map((symbol) => {
      const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
      return [symbol.name, exportOf(symbol.name, declarationsOf(target), isTypeOnly(symbol))]
    }),
  )
}

function declarationsOf(symbol: ts.Symbol): Declaration[] {
  return (symbol.declarations ?? []).filter(
    (node): node is Declaration =>
      ts.isClassDeclaration(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isInterfaceDeclaration(node) ||
      ts.isTypeAliasDeclaration(node),
  )
}

/** Whether a program gets the type only, and so has no constructor to call. */
function isTypeOnly(symbol: ts.Symbol): boolean {
  return (
    symbol.declarations?.some((node) => ts.isExportSpecifier(node) && ts.isTypeOnlyExportDeclaration(node)) ??
    false
  )
}

function exportOf(name: string, declarations: Declaration[], typeOnly: boolean): Export {
  const [first] = declarations
  if (first === undefined) throw new Error(`Cannot describe "${name}": a class, function or type is required`)
  const doc = docOf(first)
  if (ts.isFunctionDeclaration(first)) {
    const signatures = withoutImplementation(declarations.filter(ts.isFunctionDeclaration)).map(headOf)
    return { name, kind: 'function', base: undefined, signatures, doc, members: [] }
  }
  if (ts.isTypeAliasDeclaration(first)) {
    return { name, kind: 'type', base: undefined, signatures: [headOf(first)], doc, members: [] }
  }
  const members = membersOf(first, typeOnly)
  const clause = first.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)
  const base = clause?.types[0]?.expression.getText()
  const kind = ts.isClassDeclaration(first) ? 'class' : 'interface'
  return { name, kind, base, signatures: [headOf(first)], doc, members }
}

function membersOf(declaration: ts.ClassDeclaration | ts.InterfaceDeclaration, typeOnly: boolean): Member[] {
  const nodes = declaration.members.filter((node) => isPublished(node, typeOnly))
  return nodes.flatMap((node) => {
    const title = titleOf(node, declaration)
    const overloads = nodes.filter((other) => titleOf(other, declaration) === title)
    if (overloads[0] !== node) return []
    return {
      title,
      name: ts.isConstructorDeclaration(node)
        ? 'constructor'
        : (node.name?.getText().replace(/^\[Symbol\.(.*)\]$/, '$1') ?? ''),
      signatures: withoutImplementation(overloads).map(headOf),
      isProtected: has(node, ts.ModifierFlags.Protected),
      isMethod:
        ts.isMethodDeclaration(node) || ts.isMethodSignature(node) || ts.isConstructorDeclaration(node),
      isReadonly: has(node, ts.ModifierFlags.Readonly) || ts.isGetAccessorDeclaration(node),
      doc: docOf(node),
    }
  })
}

function isPublished(node: ts.ClassElement | ts.TypeElement, typeOnly: boolean): boolean {
  if (ts.isConstructorDeclaration(node)) return !typeOnly
  if (node.name === undefined || ts.isPrivateIdentifier(node.name)) return false
  return !isInternal(node) && !has(node, ts.ModifierFlags.Private)
}

function titleOf(
  node: ts.ClassElement | ts.TypeElement,
  owner: { name?: ts.Identifier | undefined },
): string {
  if (ts.isConstructorDeclaration(node)) return `new ${owner.name?.text ?? ''}()`
  const name = node.name?.getText() ?? ''
  if (name === '[Symbol.asyncDispose]') return 'await using'
  if (name === '[Symbol.asyncIterator]') return 'for await'
  return ts.isMethodDeclaration(node) || ts.isMethodSignature(node) ? `${name}()` : name
}

/** Of an overloaded function the last declaration, the one with the body, is nobody's to call. */
function withoutImplementation<Node extends ts.Node>(overloads: readonly Node[]): readonly Node[] {
  return overloads.length > 1 ? overloads.slice(0, -1) : overloads
}

function has(node: ts.Declaration, flag: ts.ModifierFlags): boolean {
  return (ts.getCombinedModifierFlags(node) & flag) !== 0
}

/** A declaration up to its body, on one line. */
function headOf(node: ts.Node): string {
  const text = textOf(node)
  const body = bodyStart(node)
  const head = body === undefined ? text : textOf(node, body)
  return head.replace(/^(export |override |async |public )+/, '').replace(/\boverride |\basync /g, '')
}

function bodyStart(node: ts.Node): number | undefined {
  if (ts.isFunctionLike(node) && 'body' in node) return (node.body as ts.Node | undefined)?.getStart()
  if (ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node)) return node.members.pos - 1
  return undefined
}

function textOf(node: ts.Node, end = node.getEnd()): string {
  const text = node.getSourceFile().text.slice(node.getStart(), end)
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/(?<=[(<]) | (?=[>)])/g, '')
    .replaceAll(/,(?=[>)])/g, '')
    .replaceAll(/(?<=[( ])_(?=\w+:)/g, '')
    .replace('!:', ':')
    .replace('= |', '=')
    .trim()
}
