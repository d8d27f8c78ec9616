import { describe, expect, it } from 'vitest'
import { fixture } from '../support/builders/fixtures.ts'
import { regfsck } from '../support/command/run.ts'

describe('where a process may open few files', () => {
  it.each([24, 32, 40, 48])(
    'a scan of a whole registry is never called damaged: it ends with one sentence (%d)',
    async (limit) => {
      const under = ['bash', '-c', `ulimit -n ${limit}; exec "$@"`, 'bash']
      const { code, stdout, stderr } = await regfsck(['scan', fixture('lawful-nested-index')], { under })
      expect([0, 70]).toContain(code)
      if (code === 70)
        expect(`${stdout}${stderr}`).toMatch(
          /^regfsck: too many open files: nothing was scanned\. Raise the limit.*\n$/,
        )
    },
  )
})
