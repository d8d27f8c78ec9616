import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import picomatch from 'picomatch'
import { describe, expect, it } from 'vitest'
import { finalStage, instructionsOf } from './instructions.ts'
import { problemsOf } from './rules.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const text = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
const last = finalStage(instructionsOf(text))

describe('the Dockerfile', () => {
  it('has nothing wrong with it', () => {
    expect(problemsOf(text, ROOT)).toEqual([])
  })

  it.each<[mistake: string, from: string, to: string, problem: string | RegExp]>([
    ['a word that is no instruction', 'EXPOSE', 'EXPOSES', /unknown instruction/i],
    ['a signal that is none', 'SIGTERM', 'fifteen', /signal/i],
    ['a port that is none', '9847', 'http', /port/i],
    ['a second command', 'CMD ["--help"]', 'CMD ["--help"]\nCMD ["scan"]', /CMD/],
    ['a relative directory', 'WORKDIR /build', 'WORKDIR build', /WORKDIR|absolute/],
    ['single quotes in a list', 'CMD ["--help"]', "CMD ['--help']", /JSON|quotes/i],
    ['a tag for a base', pinned('RUNTIME'), unpinned('RUNTIME'), 'base is not pinned'],
    ['a base that no argument changes', pinned('NODE'), 'node:24', 'base is not pinned'],
    ['a digest that nobody can give', 'ARG NODE_DIGEST\n', '', 'no argument NODE_DIGEST'],
    ['a digest that nobody renews', 'ARG NODE_DIGEST\n', 'ARG NODE_DIGEST=sha256:00\n', 'grows old: NODE_DIGEST'],
    ['a file that is not there', 'COPY src src', 'COPY source src', 'nothing to copy: source'],
    ['root', 'USER 65532:65532', 'USER 0:0', 'not a numeric user'],
    ['a name in place of a number', 'USER 65532:65532', 'USER node', 'not a numeric user'],
    ['no user', 'USER 65532:65532\n', '', 'not a numeric user'],
    ['a shell around the command', '["node", "/app/dist/bin.js"]', 'node /app/dist/bin.js', 'not in exec form'],
    [
      'packages installed into the image',
      'EXPOSE 9847',
      'RUN apt-get install -y curl\nEXPOSE 9847',
      'runs in the last',
    ],
  ])('would not get through with %s', (_, from, to, problem) => {
    expect(text).toContain(from)
    const problems = problemsOf(
      text.replace(from, () => to),
      ROOT,
    )
    expect(problems.join('\n')).toMatch(problem)
  })

  it('starts the command that the package calls regfsck, by its full path', () => {
    const { bin }: { bin: { regfsck: string } } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    expect(last).toContainEqual({ word: 'ENTRYPOINT', rest: `["node", "/app/${bin.regfsck}"]` })
  })

  it('labels the image with the version of the package, unless another is given', () => {
    const { version }: { version: string } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    expect(last).toContainEqual({ word: 'ARG', rest: `VERSION=${version}` })
  })

  it.each(['title', 'description', 'licenses', 'version', 'revision', 'created', 'source', 'base.name', 'base.digest'])(
    'has the label %s',
    (name) => {
      const labels = last.filter(({ word }) => word === 'LABEL').map(({ rest }) => rest)
      expect(labels.join(' ')).toMatch(new RegExp(`org\\.opencontainers\\.image\\.${name.replace('.', '\\.')}="[^"]+"`))
    },
  )
})

describe('the build sees', () => {
  const lines = readFileSync(join(ROOT, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))

  it('nothing that is not named', () => {
    expect(lines[0]).toBe('*')
    expect(lines.slice(1).filter((line) => !/^![\w.-]+$/.test(line))).toEqual([])
  })

  it.each([
    '.git/config',
    'node_modules/zod/index.js',
    'fixtures/make.ts',
    '.env',
    'config.json',
    'dist/bin.js',
    'key.pem',
  ])('not %s', (path) => expect(isSeen(path)).toBe(false))

  it('all that it copies', () => {
    const copied = instructionsOf(text)
      .filter(({ word, rest }) => word === 'COPY' && !rest.startsWith('--from='))
      .flatMap(({ rest }) => rest.split(/\s+/).slice(0, -1))
    expect(copied.length).toBeGreaterThan(5)
    expect(copied.filter((path) => !isSeen(path))).toEqual([])
    expect(copied.sort()).toEqual(lines.slice(1).map((line) => line.slice(1)))
  })

  /** The last line that fits decides, as the builders do it. */
  function isSeen(path: string): boolean {
    const [top = ''] = path.split('/')
    const fits = lines.filter((line) => picomatch.isMatch(top, line.replace(/^!/, ''), { dot: true }))
    return fits.at(-1)?.startsWith('!') ?? true
  }
})

function unpinned(stage: string): string {
  return `\${${stage}_IMAGE}`
}

function pinned(stage: string): string {
  return `${unpinned(stage)}@\${${stage}_DIGEST}`
}
