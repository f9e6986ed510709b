import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, test } from 'vitest'
import * as library from 'socketserver-ts'

const PREDEFINED = ['Threading', 'Forking', 'Async'].flatMap((kind) =>
  ['TCP', 'UDP', 'UnixStream', 'UnixDatagram'].map((socket) => `${kind}${socket}Server`),
)

const DOCUMENTED = [
  ...['BaseServer', 'TCPServer', 'UDPServer', 'UnixStreamServer', 'UnixDatagramServer'],
  ...['ThreadingMixIn', 'ForkingMixIn', 'AsyncMixIn'],
  ...PREDEFINED,
  ...['BaseRequestHandler', 'StreamRequestHandler', 'DatagramRequestHandler'],
  ...['StreamSocket', 'DatagramSocket', 'connect', 'openDatagram'],
  ...['Lock', 'currentThread', 'serveInThread', 'isMain', 'SystemExit', 'SocketServerError'],
]

test('socketserver-ts exports the documented names and no other', () => {
  expect(Object.keys(library).sort()).toEqual(DOCUMENTED.sort())
})

test('socketserver-ts exports every type that a declaration of its own names', () => {
  expect(typesWithoutExport(fileURLToPath(import.meta.resolve('socketserver-ts')))).toEqual([])
})

/**
 * Types that a user's own declarations would have to name and could not: `class MyServer extends AsyncMixIn(TCPServer) {}`
 * would not compile in a library. Constructors and protected members are left out: the former are not inherited by
 * name, the latter are the library's own.
 */
function typesWithoutExport(javascript: string): string[] {
  const entry = javascript.replace(/\.js$/, '.d.ts')
  const program = ts.createProgram([entry], { module: ts.ModuleKind.NodeNext, strict: true })
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(entry)
  const index = source && checker.getSymbolAtLocation(source)
  if (index === undefined) return expect.fail(`${entry} is no module`)

  const original = (symbol: ts.Symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
  const reached = new Set(checker.getExportsOfModule(index).map(original))
  const missing: string[] = []
  const visit = (node: ts.Node, from: ts.Symbol): void => {
    if (ts.isConstructorDeclaration(node) || hasModifier(node, ts.SyntaxKind.ProtectedKeyword)) return
    const symbol = ts.isIdentifier(node) ? checker.getSymbolAtLocation(node) : undefined
    if (symbol !== undefined) reach(original(symbol), from)
    ts.forEachChild(node, (child) => {
      visit(child, from)
    })
  }
  const reach = (symbol: ts.Symbol, from: ts.Symbol): void => {
    if (reached.has(symbol)) return
    const isOurs = (declaration: ts.Declaration) =>
      !/[\\/]node_modules[\\/]/.test(declaration.getSourceFile().fileName)
    const declarations = symbol.declarations?.filter(isOurs) ?? []
    reached.add(symbol)
    const isPrivate = !declarations.some((declaration) =>
      hasModifier(declaration, ts.SyntaxKind.ExportKeyword),
    )
    if (!isPrivate) missing.push(`${symbol.name}, named by ${from.name}`)
    // The compiler writes out what a module keeps to itself, such as the expression after "extends": what that names counts.
    else for (const declaration of declarations) visit(declaration, from)
  }
  for (const symbol of [...reached])
    for (const declaration of symbol.declarations ?? []) visit(declaration, symbol)
  return missing
}

function hasModifier(node: ts.Node, modifier: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some(({ kind }) => kind === modifier) ?? false)
}
