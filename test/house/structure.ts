import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import ts from 'typescript'

/** A file of `src`, parsed. */
export interface SourceFile {
  /** From `src`: `check/scan/scan.ts`. */
  readonly name: string
  readonly lines: number
  readonly imports: readonly string[]
  readonly functions: readonly { readonly name: string; readonly lines: number }[]
  /** Exported declarations without a doc comment. */
  readonly undocumented: readonly string[]
  readonly exported: number
}

/** Reads every TypeScript file below a directory. */
export function sourceFiles(root: string): readonly SourceFile[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .sort()
    .map((name) => sourceFile(name, readFileSync(join(root, name), 'utf8')))
}

function sourceFile(name: string, text: string): SourceFile {
  const tree = ts.createSourceFile(name, text, ts.ScriptTarget.ES2023, true)
  const exported = tree.statements.filter(isExported)
  return {
    name,
    lines: text.split('\n').length - 1,
    imports: importsOf(tree).map((to) => normalize(join(dirname(name), to))),
    functions: functionsIn(tree),
    undocumented: exported.filter((statement) => !isDocumented(statement, text)).map(nameOf),
    exported: exported.length,
  }
}

/** Relative imports, those of types and late ones too. */
function importsOf(tree: ts.SourceFile): readonly string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
      node.moduleSpecifier !== undefined &&
      ts.isStringLiteral(node.moduleSpecifier)
    )
      found.push(node.moduleSpecifier.text)
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [to] = node.arguments
      if (to !== undefined && ts.isStringLiteral(to)) found.push(to.text)
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found.filter((to) => to.startsWith('.'))
}

/** Functions, methods and accessors with a name, and functions that a constant holds; in lines from the name to the closing brace. */
function functionsIn(tree: ts.SourceFile): SourceFile['functions'] {
  const found: { name: string; lines: number }[] = []
  const lineAt = (position: number): number => tree.getLineAndCharacterOfPosition(position).line
  const visit = (node: ts.Node): void => {
    if (isNamedFunction(node))
      found.push({ name: nameOf(node), lines: lineAt(node.getEnd()) - lineAt(node.getStart(tree)) + 1 })
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}

function isNamedFunction(node: ts.Node): boolean {
  if (
    ts.isFunctionDeclaration(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isAccessor(node) ||
    ts.isConstructorDeclaration(node)
  )
    return node.body !== undefined
  return (
    ts.isVariableDeclaration(node) &&
    node.initializer !== undefined &&
    (ts.isArrowFunction(node.initializer) || ts.isFunctionExpression(node.initializer))
  )
}

function isExported(statement: ts.Statement): boolean {
  return (
    ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false)
  )
}

function isDocumented(statement: ts.Statement, text: string): boolean {
  return (ts.getLeadingCommentRanges(text, statement.pos) ?? []).some(({ pos }) => text.startsWith('/**', pos))
}

function nameOf(node: ts.Node): string {
  if (ts.isVariableStatement(node)) return node.declarationList.declarations.map((one) => one.name.getText()).join(', ')
  const { name } = node as { name?: ts.Node }
  return name?.getText() ?? 'constructor'
}

/** Groups of files that import each other in a circle; of types too. */
export function circles(files: readonly SourceFile[]): readonly (readonly string[])[] {
  const byName = new Map(files.map((file) => [file.name, file]))
  const reach = new Map(files.map(({ name }) => [name, reachable(name, byName)]))
  const groups = new Map<string, readonly string[]>()
  for (const { name } of files) {
    if (!reach.get(name)?.has(name)) continue
    const group = [...(reach.get(name) ?? [])].filter((other) => reach.get(other)?.has(name)).sort()
    groups.set(group.join(), group)
  }
  return [...groups.values()]
}

function reachable(from: string, byName: ReadonlyMap<string, SourceFile>): ReadonlySet<string> {
  const seen = new Set<string>()
  const queue = [...(byName.get(from)?.imports ?? [])]
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (seen.has(next)) continue
    seen.add(next)
    queue.push(...(byName.get(next)?.imports ?? []))
  }
  return seen
}

/** The number below which a share of the numbers lie. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
