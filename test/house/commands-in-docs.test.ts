import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url))
const PAGES = ['findings', 'runbooks', 'unchecked', 'verdicts'].flatMap((room) =>
  readdirSync(join(DOCS, room)).map((name) => `${room}/${name}`),
)
/** What would remove a file; a garbage collection is the registry's own, and a page may say what it deletes. */
const REMOVES = /(?:^|[|;&(]|\bexec|\bxargs|\bsudo)\s*(?:rm|rmdir|unlink|shred)\s|\s-delete\b|\btruncate\s+-/m
/** Of the repair script, and what a person sets beside them; the rest are made in the same block. */
const GIVEN = new Set(['REGISTRY', 'SOURCE', 'RESTART', 'QUARANTINE'])
/** What a page says of the registry that it looks into, in its own words. */
const OWN = new Set(['ROOT', 'V2', 'REPO', 'DATA', 'LINK', 'UPLOAD', 'LOCATION', 'WHAT', 'OTHER', 'NAME', 'ACCEPT'])
/** Values that the finding contains. */
const OF_FINDING = new Set([
  'REPOSITORY',
  'TAG',
  'DIGEST',
  'HEX',
  'MEDIA_TYPE',
  'PARENT',
  'PARENT_TYPE',
  'PLATFORM',
  'SIZE',
])

describe.each(PAGES)('docs/%s', (page) => {
  const text = readFileSync(join(DOCS, page), 'utf8')
  const commands = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block).join('\n')

  it('shows no command that removes a file', () => {
    const inLine = [...text.matchAll(/`([^`\n]+ [^`\n]+)`/g)].map(([, code]) => code)
    expect([commands, ...inLine].filter((code) => REMOVES.test(code ?? ''))).toEqual([])
  })

  it('calls the other registry SOURCE, as the repair script does: a URL, not an image', () => {
    expect(text).not.toMatch(/SOURCE_REGISTRY|"\$SOURCE"|"docker:\/\/\$SOURCE|\$SOURCE`[^.]*docker:\/\//)
  })
})

it('knows what removes a file', () => {
  const bad = ['rm "$A"', 'cp a b\nrm b', 'true && rm -r x', 'find . -exec rm {} +', 'find . -delete', 'rmdir "$D"']
  expect(bad.filter((command) => !REMOVES.test(command))).toEqual([])
  expect(REMOVES.test('docker run --rm x')).toBe(false)
})

it('knows every variable in the pages of the findings', () => {
  const unknown = PAGES.filter((page) => page.startsWith('findings/')).flatMap((page) => {
    const text = readFileSync(join(DOCS, page), 'utf8')
    const names = [...text.matchAll(/\$\{?([A-Z][A-Z0-9_]*)/g)].map(([, name = '']) => name)
    return names
      .filter((name) => !GIVEN.has(name) && !OWN.has(name) && !OF_FINDING.has(name))
      .map((name) => `${page}: ${name}`)
  })
  expect(unknown).toEqual([])
})
