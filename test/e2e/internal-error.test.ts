import { describe, expect, it } from 'vitest'
import { fixture } from '../support/builders/fixtures.ts'
import { regfsck, scanJson, targetIn } from '../support/command/run.ts'

const LINE =
  /^regfsck: internal error: Error: boom\. This is a bug in regfsck: please open an issue with this line, [^\n]*\n$/
/** Milliseconds after which the bug shows; the run waits for its second look by then. */
const LATER = 300
const slow = ['--recheck-delay=5s', fixture('layer-blob-missing')]

/** Simulated: a bug, in every thread or in the main thread only. */
function bug(script: string): { readonly env: Readonly<Record<string, string>> } {
  const code = `const { isMainThread } = await import('node:worker_threads'); ${script}`
  return { env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` } }
}

describe('a bug ends with 70 and one line, never with 1', () => {
  it.each([
    ['an error that nobody caught', `if (isMainThread) setTimeout(() => { throw new Error('boom') }, ${LATER})`],
    ['a promise that nobody caught', `if (isMainThread) setTimeout(() => Promise.reject(new Error('boom')), ${LATER})`],
    ['an error in a worker thread', `if (!isMainThread) throw new Error('boom')`],
  ])('%s', async (_, script) => {
    const ran = await regfsck(['scan', ...slow], bug(script))
    expect(ran).toMatchObject({ code: 70, stdout: '' })
    expect(ran.stderr).toMatch(LINE)
  })

  it('one in the check of a repository ends with 3: that repository is unchecked, the others are not', async () => {
    const how = bug(`
      const { sort } = Array.prototype
      Array.prototype.sort = function (...how) {
        if (!isMainThread && / at (?:async )?listingOf /.test(new Error().stack)) throw new Error('boom')
        return sort.apply(this, how)
      }`)
    const ran = await regfsck(['scan', '--recheck-delay=0', fixture('layer-blob-missing')], how)
    expect(ran.code).toBe(3)
    expect(ran.stdout).toContain('INTERNAL_ERROR')
  })

  it('with its stack, where the log level is debug', async () => {
    const how = bug(`if (isMainThread) setTimeout(() => { throw new Error('boom') }, ${LATER})`)
    for (const level of [['--log-level=debug'], ['--log-level', 'debug']]) {
      const ran = await regfsck(['scan', ...level, ...slow], how)
      expect(ran.code).toBe(70)
      expect(ran.stderr).toMatch(/internal error: Error: boom[^\n]*and the stack:\n +at /)
    }
  })

  it('names the place in the source, though what runs is a bundle, and though the bug is in a thread', async () => {
    const how = bug(`
      const { sort } = Array.prototype
      Array.prototype.sort = function (...how) {
        return !isMainThread && / at (?:async )?listingOf /.test(new Error().stack) ? undefined : sort.apply(this, how)
      }`)
    const ran = await scanJson([fixture('layer-blob-missing')], [], how)
    expect(targetIn(ran).unchecked.map(({ because }) => because)).toEqual(['INTERNAL_ERROR'])
    expect(targetIn(ran).unchecked[0]?.detail).toMatch(
      /^TypeError: [^\n]* \(at [^\n]*\bsrc\/check\/walk\/listing-of\.ts:\d+:\d+/,
    )
  })

  it('has a stack of such places, where the log level is debug', async () => {
    const how = bug(`if (isMainThread) Map.prototype.keys = () => { throw new Error('boom') }`)
    const ran = await regfsck(['scan', '--log-level=debug', '--recheck-delay=0', fixture('layer-blob-missing')], how)
    expect(ran.code).toBe(70)
    expect(ran.stderr).toMatch(/\n +at [^\n]*src\/check\/scan\/scan\.ts:\d+:\d+/)
    expect(ran.stderr).toMatch(/\n +at [^\n]*src\/cli\/run\/run\.ts:\d+:\d+/)
  })

  it('without a password, wherever it comes from', async () => {
    const how = bug(`if (isMainThread) setTimeout(() => { throw new Error(process.argv.at(-1)) }, ${LATER})`)
    const ran = await regfsck(['scan', ...slow, '--registry=http://ci:can/ary@host'], how)
    expect(ran.code).toBe(70)
    expect(ran.stderr).not.toContain('ary')
  })
})
