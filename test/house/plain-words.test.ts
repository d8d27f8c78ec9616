import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Not what an operator would say; beside each, what to write. Codes, names of options and metrics are not sentences. */
const UNUSUAL: readonly (readonly [phrase: RegExp, better: string])[] = [
  [/\blook(?:s|ed|ing)? at\b/i, 'check, checked'],
  [/\blawful\b(?!-)/i, 'allowed'],
  [/\banew\b/i, 'again'],
  [/\bonce more\b/i, 'again'],
  [/\bheal(?:s|ed|ing)?\b/i, 'fix, repair'],
  [/\bnobody (?:knows|can tell)\b/i, 'it is unknown'],
  [/\bvouch\b/i, 'confirm'],
  [/\bin force\b/i, 'in use'],
  [/\bbrings? the metrics\b/i, 'push metrics to'],
  [/\bat one time, at the most\b/i, 'maximum, in parallel'],
  [/\b(?:is|are) whole\b/i, 'is intact'],
  [/\bin time\b/i, 'timed out after'],
  [/\bways? of looking\b/i, 'scan configuration'],
  [/\bleads? nowhere\b/i, 'its target is gone'],
]

const pages = [
  'README.md',
  'CHANGELOG.md',
  'alerts/README.md',
  'alerts/registry-integrity.rules.yaml',
  'k8s/helm/regfsck/README.md',
  ...filesIn('docs', '.md').filter((file) => !/^docs\/(?:decisions|ARCHITECTURE)/.test(file)),
]

it.each(pages)('%s is written in plain words', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8').replaceAll(/\s+/g, ' ')
  expect(unusualIn(text)).toEqual([])
})

it.each(filesIn('src', '.ts'))('what %s prints is written in plain words', (file) => {
  expect(sentencesIn(file).flatMap(unusualIn)).toEqual([])
})

it('finds an unusual phrase, in prose and in code', () => {
  expect(unusualIn('Nobody has looked at it yet.')).toHaveLength(1)
  expect(unusualIn('Not scanned yet.')).toEqual([])
  const source = [
    "const a = 'it is whole'",
    "const b = { is: 'whole' } // it is whole",
    'const c = `$' + '{n} files are whole`',
  ]
  const parsed = ts.createSourceFile('a.ts', source.join('\n'), ts.ScriptTarget.Latest)
  expect(sentencesOf(parsed).flatMap(unusualIn)).toHaveLength(2)
})

function unusualIn(text: string): string[] {
  return UNUSUAL.flatMap(([phrase, better]) => {
    const [found] = phrase.exec(text) ?? []
    return found === undefined ? [] : [`"${found}": write ${better}`]
  })
}

function sentencesIn(file: string): string[] {
  return sentencesOf(ts.createSourceFile(file, readFileSync(join(ROOT, file), 'utf8'), ts.ScriptTarget.Latest))
}

/** Texts with a space in them: no comments, no words that stand for a state. */
function sentencesOf(node: ts.Node): string[] {
  const own = ts.isStringLiteralLike(node) || isPiece(node) ? [node.text] : []
  const below: string[] = []
  ts.forEachChild(node, (child) => {
    below.push(...sentencesOf(child))
  })
  return [...own.filter((text) => text.includes(' ')), ...below]
}

function isPiece(node: ts.Node): node is ts.TemplateHead | ts.TemplateMiddle | ts.TemplateTail {
  return ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node)
}

function filesIn(folder: string, ending: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name}`)
}
