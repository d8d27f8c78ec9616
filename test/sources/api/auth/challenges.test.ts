import { expect, it } from 'vitest'
import { readChallenges } from '../../../../src/sources/api/auth/challenges.ts'
import { fc } from '../../../support/fast-check.ts'

function plain(header: string | readonly string[] | undefined) {
  return readChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)])
}

it('a bearer challenge is parsed with its parameters, including commas inside quotes', () => {
  expect(plain('Bearer realm="https://auth.example/token",service="reg",scope="repository:a/b:pull,push"')).toEqual([
    ['bearer', { realm: 'https://auth.example/token', service: 'reg', scope: 'repository:a/b:pull,push' }],
  ])
})

it('two challenges are found in one header or in two', () => {
  const both = [
    ['bearer', { realm: 'https://a/t', service: 's' }],
    ['basic', { realm: 'git "forge"' }],
  ]
  expect(plain('Bearer realm="https://a/t",service="s", Basic realm="git \\"forge\\""')).toEqual(both)
  expect(plain(['Bearer realm="https://a/t", service=s', 'Basic realm="git \\"forge\\""'])).toEqual(both)
})

it('a scheme may have no parameters, and no header means no challenge', () => {
  expect(plain('Negotiate')).toEqual([['negotiate', {}]])
  expect(plain('Negotiate, Basic realm=x')).toEqual([
    ['negotiate', {}],
    ['basic', { realm: 'x' }],
  ])
  expect(plain(undefined)).toEqual([])
})

it('no text makes it throw or hang', () => {
  fc.assert(fc.property(fc.string({ maxLength: 300 }), (text) => Array.isArray(readChallenges(text))))
})
