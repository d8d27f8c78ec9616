import fc from 'fast-check'
import { expect, it } from 'vitest'
import { InputError } from '../../src/oci/input-error.ts'
import { parseReference } from '../../src/oci/reference.ts'

const DIGEST = `sha256:${'ab'.repeat(32)}`

it.each([
  ['reg.example/app:v1', 'https://reg.example', 'reg.example/app', 'app', 'v1'],
  ['reg.example:5000/team/app', 'https://reg.example:5000', 'reg.example:5000/team/app', 'team/app', 'latest'],
  ['localhost/app:v1', 'https://localhost', 'localhost/app', 'app', 'v1'],
  ['http://10.0.0.1:5000/app:v1', 'http://10.0.0.1:5000', '10.0.0.1:5000/app', 'app', 'v1'],
  [`reg.example/app@${DIGEST}`, 'https://reg.example', 'reg.example/app', 'app', DIGEST],
  [`reg.example/app:v1@${DIGEST}`, 'https://reg.example', 'reg.example/app', 'app', DIGEST],
  ['alpine', 'https://registry-1.docker.io', 'alpine', 'library/alpine', 'latest'],
  ['grafana/loki:3', 'https://registry-1.docker.io', 'grafana/loki', 'grafana/loki', '3'],
  ['docker.io/alpine:3', 'https://registry-1.docker.io', 'docker.io/alpine', 'library/alpine', '3'],
  ['[::1]:5000/app', 'https://[::1]:5000', '[::1]:5000/app', 'app', 'latest'],
])('%s is asked at %s', (text, origin, name, repository, wanted) => {
  expect(parseReference(text)).toMatchObject({ origin, name, repository, wanted })
})

it.each([
  ['', /name/],
  ['reg.example/', /name/],
  ['reg.example/App', /name/],
  ['reg.example/app:', /no tag/],
  ['reg.example/app:a b', /no tag/],
  ['reg.example/app@sha256:short', /no digest/],
  ['reg.example/../app', /name/],
  ['reg.example/a%2fb', /name/],
  ['user:pw@reg.example/app', /no digest/],
  ['reg.example:99999999/app', /host/],
  ['http://app', /host/],
  ['https://app:1', /host/],
])('%j is refused, and it says what is wrong', (text, what) => {
  expect(() => parseReference(text)).toThrow(what)
})

it('no text leads a request to another path than its repository', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 100 }), (text) => {
      try {
        const { origin, repository, wanted } = parseReference(text)
        const url = new URL(`/v2/${repository}/manifests/${wanted}`, origin)
        return url.pathname === `/v2/${repository}/manifests/${wanted}`
      } catch (error) {
        return error instanceof InputError
      }
    }),
  )
})
