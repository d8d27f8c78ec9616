import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, it } from 'vitest'

const TESTS = fileURLToPath(new URL('../', import.meta.url))

/** Words that make a reader stop; beside each, what to write. */
const UNUSUAL: readonly (readonly [word: RegExp, better: string])[] = [
  [/\b(?:tells?|told|telling)\b/i, 'reports, prints, says; distinguishes'],
  [/\blook(?:s|ed|ing)? at\b/i, 'checks, scans'],
  [/\blawful\b/i, 'allowed'],
  [/\banew\b/i, 'again'],
  [/\bheal(?:s|ed|ing)?\b/i, 'repairs, fixes'],
  [/\b(?:victims?|wounds?|tale)\b/i, 'what it is: a process, damage, a wrong answer'],
  [/\bsp(?:eaks?|oken|eaking) (?:of|TLS|HTTP|plain)\b/i, 'uses, names, reports'],
]

it('titles of tests are written in plain words', () => {
  const files = readdirSync(TESTS, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  expect(files.length).toBeGreaterThan(300)
  const unusual = files.flatMap((file) => titlesIn(readFileSync(join(TESTS, file), 'utf8')).flatMap(unusualIn))
  expect(unusual).toEqual([])
})

it('finds an unusual word in a title, and in no other text', () => {
  const text = ["it('is told', () => {})", "describe.each([['told']])('a %s', () => {})", "expect('told')"].join('\n')
  expect(titlesIn(text).flatMap(unusualIn)).toHaveLength(1)
  expect(titlesIn("it.each([1])('is reported', () => { it('heals', f) })")).toEqual(['is reported', 'heals'])
})

function unusualIn(title: string): string[] {
  return UNUSUAL.flatMap(([word, better]) => (word.test(title) ? [`"${title}": write ${better}`] : []))
}

/** The titles of tests and of groups of tests. */
function titlesIn(text: string): string[] {
  const source = ts.createSourceFile('test.ts', text, ts.ScriptTarget.Latest)
  const titles: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && IS_TEST.test(nameOf(node.expression))) {
      const [title] = node.arguments.filter((argument) => ts.isStringLiteralLike(argument))
      if (title !== undefined) titles.push(title.text)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return titles
}

const IS_TEST = /^(?:it|test|describe\w*)$/

/** `it` of `it.each(…)` and `it.concurrent`. */
function nameOf(node: ts.Expression): string {
  if (ts.isIdentifier(node)) return node.text
  return ts.isPropertyAccessExpression(node) || ts.isCallExpression(node) ? nameOf(node.expression) : ''
}
