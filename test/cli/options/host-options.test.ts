import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readApi } from '../../../src/cli/options/api-request.ts'
import { OptionValues } from '../../../src/cli/options/option-values.ts'
import { regfsckHere } from '../../support/command/run-in-process.ts'
import { scratch } from '../../support/scratch.ts'

const directory = scratch()
const file = (name: string, text: string): string => {
  const path = join(directory, name)
  writeFileSync(path, text)
  return path
}

describe.each(['--token-host', '--insecure-skip-verify'])('%s', (flag) => {
  it.each([
    ['http://auth.example', '; write auth.example'],
    ['https://auth.example:8443/', '; write auth.example:8443'],
    ['auth.example/token', '; write auth.example'],
    ['//auth.example', '; write auth.example'],
    ['*.example', ''],
    ['auth.example:99999', ''],
    ['a,b', ''],
  ])('%s is refused, with what to write', async (value, advice) => {
    for (const command of ['scan', 'check']) {
      const ran = await regfsckHere([
        command,
        `${flag}=${value}`,
        command === 'scan' ? 'http://127.0.0.1:1' : 'http://127.0.0.1:1/app',
      ])
      expect([ran.code, ran.stderr]).toEqual([
        2,
        `regfsck: ${flag}: expected HOST[:PORT], not ${JSON.stringify(value)}${advice}\n`,
      ])
    }
  })

  it('repeats no password', async () => {
    const ran = await regfsckHere(['scan', `${flag}=https://me:canary@auth.example`, 'http://127.0.0.1:1'])
    expect(ran.code).toBe(2)
    expect(ran.stderr).not.toContain('canary')
  })

  it.each(['auth.example', 'auth.example:8443', '127.0.0.1', '[::1]:5000', 'Auth.Example', 'minio_1:9000'])(
    '%s is a host',
    (value) => {
      const values = new OptionValues()
      const hosts = { tokenHost: [value], insecureSkipVerify: [value] }
      const request = readApi({ requestTimeout: '1s', ...hosts }, values)
      expect(values.problems).toEqual([])
      expect([request.tokenHosts, request.insecureHosts]).toEqual([[value.toLowerCase()], [value.toLowerCase()]])
    },
  )

  it('is refused in a configuration file too, by its line', async () => {
    const name = flag.replace('--', '')
    const config = file(
      'serve.yaml',
      `registries:\n  - name: a\n    target: http://127.0.0.1:1\n    ${name}: [http://x]\n`,
    )
    const ran = await regfsckHere(['config', 'check', config])
    expect(ran.code).toBe(2)
    expect(ran.stderr).toMatch(/4.*expected HOST\[:PORT\], not "http:\/\/x"; write x/)
  })
})

describe('--ca-file', () => {
  it.each([
    ['nothing', ''],
    ['text', 'canary'],
    ['a key', '-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----\n'],
    ['DER', '\u0030\u0082\u0003'],
    ['a certificate that is none', '-----BEGIN CERTIFICATE-----\ncanary\n-----END CERTIFICATE-----\n'],
    ['a certificate without an end', '-----BEGIN CERTIFICATE-----\nMIIB\n'],
  ])('with %s is refused, and not repeated', async (_, text) => {
    const path = file('ca.pem', text)
    const ran = await regfsckHere(['scan', `--ca-file=${path}`, 'http://127.0.0.1:1'])
    expect(ran.code).toBe(2)
    expect(ran.stderr).toMatch(
      /^regfsck: --ca-file: \S+ contains (?:no PEM certificate|a certificate that cannot be read)/,
    )
    expect(ran.stderr).not.toContain('canary')
  })
})
