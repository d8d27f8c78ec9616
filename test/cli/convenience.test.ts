import { describe, expect, it, vi } from 'vitest'
import { fixture } from '../support/builders/fixtures.ts'
import { regfsckHere } from '../support/command/run-in-process.ts'

vi.mock(import('../../src/sources/storage/thread-pool.ts'), async (original) =>
  (await import('../support/command/one-thread.ts')).oneThread(original),
)

const damaged = fixture('layer-blob-missing')
const whole = fixture('lawful-nested-repositories')
const scan = (...args: readonly string[]) => regfsckHere(['scan', '--recheck-delay', '0', ...args])

describe('a mistyped word is answered with what was meant', () => {
  it.each([
    [['scan', '--fial-on', 'never', '/x'], 'unknown option "--fial-on"; did you mean --fail-on?'],
    [['check', '--expect-digset=sha256:x', 'a/b'], 'unknown option "--expect-digset"; did you mean --expect-digest?'],
    [['serve', '--config', 'x', '--lisen', ':1'], "unknown option '--lisen'; did you mean --listen?"],
    [['scna'], "unknown command 'scna'; did you mean scan?"],
    [['config', 'chek'], "unknown command 'chek'; did you mean check?"],
    [['explain', 'layer-mising'], 'no such code: "layer-mising"; did you mean layer-missing?'],
    [['explain', 'store-denied'], 'no such code: "store-denied"; did you mean STORE_DENIED?'],
    [
      ['scan', '--fail-on', 'warn', '/x'],
      '--fail-on: expected error, warning or never, not "warn"; did you mean warning?',
    ],
    [['scan', '-o', 'jsno', '/x'], /not "jsno"; did you mean json\?$/],
    [['scan', '--depth', 'Content', '/x'], /not "Content"; did you mean content\?$/],
  ])('%j', async (args, sentence) => {
    const { code, stderr } = await regfsckHere(args)
    expect(code).toBe(2)
    expect(stderr.trimEnd()).toMatch(typeof sentence === 'string' ? /./ : sentence)
    if (typeof sentence === 'string') expect(stderr.split('\n')).toContain(`regfsck: ${sentence}`)
  })
})

describe('--dry-run', () => {
  it('changes nothing', async () => {
    const [plain, dry] = [await scan(damaged), await scan('--dry-run', damaged)]
    expect({ ...dry, took: 0 }).toEqual({ ...plain, took: 0 })
  })

  it.each(['scan', 'check', 'serve', 'explain', 'completion'])('is suggested by %s', async (command) => {
    const { stdout } = await regfsckHere([command, '--help'])
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('--dry-run accepted, but has no effect')
  })
})

describe('short options', () => {
  it('-o is --output', async () => {
    expect(JSON.parse((await scan('-o', 'json', damaged)).stdout)).toMatchObject({ verdict: 'damaged' })
  })

  it('-q says nothing where nothing is wrong, and the table where something is', async () => {
    expect(await scan('-q', whole)).toMatchObject({ code: 0, stdout: '', stderr: '' })
    expect(await scan('-q', damaged)).toMatchObject({ code: 1, stdout: expect.stringContaining('layer-missing') })
    expect((await scan('-q', '-o', 'table', whole)).stdout).toContain('CLEAN')
    expect((await scan('-q', '--exclude', '**', whole)).stdout).not.toBe('')
  })

  it('-q shows no progress on a terminal', async () => {
    const { stderr } = await regfsckHere(['scan', '-q', whole], { terminal: true })
    expect(stderr).toBe('')
  })

  it.each([
    [['-v'], 'scan.started', 'tag.judged'],
    [['--log-level', 'debug', '-v'], 'tag.judged', 'nothing'],
    [['-vv'], 'tag.judged', 'nothing'],
  ])('%j logs more', async (flags, logged, silent) => {
    const { stderr } = await scan(...flags, damaged)
    expect(stderr).toContain(`"event":"${logged}"`)
    expect(stderr).not.toContain(`"event":"${silent}"`)
  })
})

describe('--help', () => {
  it.each([[[]], [['scan']], [['check']], [['serve']], [['config']], [['explain']], [['completion']]])(
    'of %j fits 80 columns, and its examples are understood',
    async (command) => {
      const { stdout } = await regfsckHere([...command, '--help'])
      expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
      const [, examples = ''] = stdout.split(/^Examples.*:\n/m)
      const lines = [...examples.matchAll(/^ {2}\$ (?:source <\()?regfsck ([^|>#)\n]*)/gm)].map(
        ([, words = '']) => words,
      )
      expect(lines.length).toBeGreaterThan(1)
      for (const line of lines) {
        // Nowhere to be found, so that nothing is asked; what is wrong with the words is told before that.
        const words = line
          .trim()
          .replaceAll("'", '')
          .replaceAll(/https:\/\/\S+|\/var\/\S+/g, '/nowhere')
          .split(' ')
        if (words[0] === 'check') words.splice(-1, 1, '127.0.0.1:1/app:v1')
        if (words[0] === 'serve' || words[0] === 'config') continue
        const { stderr } = await regfsckHere([
          ...words.map((word) => word.replace(/=re.*/, '=/dev/null')),
          ...QUICK(words),
        ])
        expect(stderr).not.toMatch(/unknown|expected|no such/)
      }
    },
  )
})

const QUICK = ([command]: readonly string[]): string[] =>
  command === 'scan' || command === 'check' ? ['--recheck-delay', '0', '--deadline', '500ms'] : []
