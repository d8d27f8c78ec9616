import { expect, it } from 'vitest'
import { mayHoldPassword, redact } from '../../src/oci/redact.ts'
import { fc } from '../support/fast-check.ts'

const DIGEST = `sha256:${'ab'.repeat(32)}`

it.each([
  ['https://ci:canary@host/app:v1', 'https://***@host/app:v1'],
  ['ci:canary@host:5000/app', '***@host:5000/app'],
  ['https://ci:can/ary@host/app', 'https://***@host/app'],
  ['https://ci:can#ary@host/app', 'https://***@host/app'],
  ['https://ci:can?ary@host/app', 'https://***@host/app'],
  ['https://ci:can@ary@host/app', 'https://***@host/app'],
  [`ci:canary@host.example/app@${DIGEST}`, `***@host.example/app@${DIGEST}`],
  ['ci:canary@host.example/team/app:v1', '***@host.example/team/app:v1'],
  ['ci:canary@localhost/app', '***@localhost/app'],
  ['ci:canary@[::1]:5000/app', '***@[::1]:5000/app'],
  // What follows the @ may be the secret.
  ['app:v1@canary', '***@***'],
  ['team/app@canary', '***@***'],
  ['host.example/app:v1@canary', '***@***'],
  ['host.example:5000/app:v1@canary', '***@***'],
  ['https://host.example/app:v1@canary', 'https://***@***'],
  ['http://host.example:5000/app:v1@canary', 'http://***@***'],
  ['app:v1@canary/with+slash==', '***@***'],
  ['team/app:v1@canary.example/x', '***@***'],
  ['app:v1@canary@canary', '***@***'],
  [`app:v1@canary@${DIGEST}`, `***@***@${DIGEST}`],
  ['ci:canary@host/app', '***@***'],
  ['https://ci:canary@host', 'https://***@host'],
  ['https://canary@host/app', 'https://***@host/app'],
  ['https://ci:canary', 'https://ci:***'],
  ['https://ci:canary/app', 'https://ci:***/app'],
  ['host:canary/app:v1', 'host:***/app:v1'],
  ['https://host/app?token=canary', 'https://host/app?***'],
  ['https://host/#canary', 'https://host/#***'],
])('%s is printed as %s', (text, redacted) => {
  expect(redact(text)).toBe(redacted)
})

it.each([
  'host/app:v1',
  'host:99999/app:v1',
  '[::1]:5000/app',
  'https://host:5000/app',
  'alpine:3',
  `host/app:v1@${DIGEST}`,
  'host/app@sha256:short',
])('%s holds no password, and is printed as it is', (text) => {
  expect(mayHoldPassword(text)).toBe(false)
  expect(redact(text)).toBe(text)
})

it('nothing that follows the tag of an image is printed, whatever it is, unless it is a digest', () => {
  const name = fc.constantFrom('app', 'team/app', 'host.example/app', 'host:5000/team/app', 'https://host/app')
  fc.assert(
    fc.property(name, fc.string({ maxLength: 30 }), fc.string({ maxLength: 30 }), (start, before, after) => {
      fc.pre(!/[.:]/.test(before + after) && !before.includes('localhost'))
      return !redact(`${start}:v1@${before}canary${after}`).includes('canary')
    }),
  )
})

it('no password before a host is printed, whatever is in it', () => {
  const scheme = fc.constantFrom('', 'https://', 'http://', 'HTTPS://', 'oci://')
  fc.assert(
    fc.property(scheme, fc.string({ maxLength: 30 }), fc.string({ maxLength: 30 }), (start, before, after) => {
      const text = `${start}ci:${before}canary${after}@host:5000/app:v1`
      return !redact(text).includes('canary')
    }),
  )
})
