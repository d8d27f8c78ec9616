import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import picomatch from 'picomatch'
import { expect, it } from 'vitest'
import { WHOLE } from '../../vitest.config.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Elsewhere another test of the same worker may have loaded the module already, and it stays what it was. */
it('a test that replaces a module has the modules for itself', () => {
  const tests = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    .map((name) => `test/${name}`)
    .filter((name) => name.endsWith('.test.ts') && !/^test\/(?:slow|long)\//.test(name))
  const replacing = tests.filter((name) => /^\s*vi\.(?:mock|doMock)\(/m.test(readFileSync(join(ROOT, name), 'utf8')))
  expect(replacing.length).toBeGreaterThan(10)
  expect(replacing.filter((name) => !picomatch.isMatch(name, WHOLE))).toEqual([])
})
