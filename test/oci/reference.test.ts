import { expect, it } from 'vitest'
import { InputError } from '../../src/oci/input-error.ts'
import { parseReference } from '../../src/oci/reference.ts'
import { fc } from '../support/fast-check.ts'

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
  ['HTTPS://reg.example/app', 'https://reg.example', 'reg.example/app', 'app', 'latest'],
  ['reg.example:65535/app', 'https://reg.example:65535', 'reg.example:65535/app', 'app', 'latest'],
  ['[::ffff:10.0.0.1]/app', 'https://[::ffff:10.0.0.1]', '[::ffff:10.0.0.1]/app', 'app', 'latest'],
  ['[::1]:5000/app', 'https://[::1]:5000', '[::1]:5000/app', 'app', 'latest'],
])('%s is asked at %s', (text, origin, name, repository, wanted) => {
  expect(parseReference(text)).toMatchObject({ origin, name, repository, wanted })
})

it.each([
  ['', /name/],
  ['reg.example/', /name/],
  ['reg.example/App', /name/],
  ['reg.example/app:', /not a tag/],
  ['reg.example/app:a b', /not a tag/],
  ['reg.example/app@sha256:short', /not a digest/],
  ['reg.example/../app', /name/],
  ['reg.example/a%2fb', /name/],
  ['user:pw@reg.example/app', /^"\*\*\*@reg\.example\/app" .*must not contain a user name or password/],
  ['reg.example:99999999/app', /port must be a number from 1 to 65535/],
  ['127.0.0.1:99999/app:v1', /port must be a number from 1 to 65535/],
  ['reg.example:0/app', /port must be a number/],
  ['reg.example:5000x/app', /port must be a number/],
  ['reg.example:/app', /port must be a number/],
  ['10.0.0.300:5000/app', /host is neither a name nor an IP address/],
  ['1.2.3.4.5/app', /host is neither/],
  ['[:::]:5000/app', /host is neither/],
  ['[::1/app', /host is neither/],
  ['::1:5000/app', /host is neither/],
  ['http://app', /name is missing/],
  ['https://app:1', /name is missing/],
  ['docker://reg.example/app', /must not begin with docker:/],
])('%j is refused, and it says what is wrong', (text, what) => {
  expect(() => parseReference(text)).toThrow(what)
})

// Node 24 takes any label after xn-- for a name. Such a host is not found, which is said of it then.
it.skipIf(URL.canParse('https://xn--a.example'))('a host whose name cannot be decoded is refused', () => {
  expect(() => parseReference('xn--a.example:5000/app')).toThrow(/host is neither/)
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

/** Pieces that a reference, a port, an address or a mistake is made of. */
const PIECES = [
  ...[
    'http://',
    'https://',
    'ftp://',
    ':',
    '/',
    '@',
    '.',
    '..',
    '-',
    '_',
    '[',
    ']',
    '%',
    '#',
    '?',
    '\\',
    ' ',
    '\n',
    '\0',
  ],
  ...[
    'app',
    'App',
    'v1',
    'latest',
    'localhost',
    'reg.example',
    '10.0.0.300',
    '[:::]',
    '[::1]',
    '0x7f.1',
    'xn--a',
    'ä',
    '💥',
  ],
  ...['5000', '99999', '0', '65536', '999999999999', 'sha256:', 'ab'.repeat(32), DIGEST],
]

it('whatever text is put together is refused with a sentence, or can be asked', () => {
  const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }).map((pieces) => pieces.join(''))
  fc.assert(
    fc.property(text, (reference) => {
      try {
        const { origin, repository, wanted } = parseReference(reference)
        const url = new URL(`v2/${repository}/manifests/${wanted}`, `${origin}/`)
        return url.host !== '' && url.username === '' && url.password === ''
      } catch (error) {
        return error instanceof InputError && error.message.includes(' is not an image reference: ')
      }
    }),
    { numRuns: 3000 },
  )
})

it.each([
  'docker.io/app:v1',
  'index.docker.io/app:v1',
  'registry-1.docker.io/library/app:v1',
  'Docker.IO/app:v1',
  'https://index.docker.io/library/app:v1',
])('%s is an image of Docker Hub', (text) => {
  expect(parseReference(text)).toMatchObject({ origin: 'https://registry-1.docker.io', repository: 'library/app' })
})

it.each([
  ['localhost:5000/app', true],
  ['127.0.0.1:5000/app', true],
  ['127.9.9.9/app', true],
  ['[::1]:5000/app', true],
  ['localhost/app', true],
  ['http://localhost:5000/app', undefined],
  ['https://127.0.0.1/app', undefined],
  ['127.0.0.1.example/app', undefined],
  ['localhost.example/app', undefined],
  ['10.0.0.1:5000/app', undefined],
])('%s may use plain HTTP: %s', (text, mayBePlain) => {
  expect(parseReference(text).mayBePlain).toBe(mayBePlain)
})
