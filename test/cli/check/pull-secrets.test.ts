import { expect, it } from 'vitest'
import { PullSecrets } from '../../../src/cli/check/pull-secrets.ts'
import { parseReference } from '../../../src/oci/reference.ts'

function secretFor(key: string): PullSecrets {
  const auth = Buffer.from('me:password').toString('base64')
  const text = JSON.stringify({ auths: { [key]: { auth } } })
  return new PullSecrets([{ name: 'shop/login', format: '.dockerconfigjson', encoding: 'plain', content: text }])
}

it.each([
  ['https://registry.example.com/team/app:1', 'registry.example.com:443', true],
  ['http://registry.example.com/team/app:1', 'registry.example.com:80', true],
  ['http://registry.example.com/team/app:1', 'registry.example.com:443', false],
  ['https://registry.example.com/team/app:1', 'registry.example.com:80', false],
])('whether %s uses the pull secret for %s: %s', (image, key, isUsed) => {
  expect(secretFor(key).credentialFor(parseReference(image), ['shop/login']) !== undefined).toBe(isUsed)
})
