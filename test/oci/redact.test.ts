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
  [`ci:canary@host/app@${DIGEST}`, `***@host/app@${DIGEST}`],
  ['https://canary@host/app', 'https://***@host/app'],
  ['https://ci:canary', 'https://ci:***'],
  ['https://ci:canary/app', 'https://ci:***/app'],
  ['host:canary/app:v1', 'host:***/app:v1'],
  ['https://host/app?token=canary', 'https://host/app?***'],
  ['https://host/#canary', 'https://host/#***'],
])('%s is told as %s', (text, redacted) => {
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
])('%s holds no password, and is told as it is', (text) => {
  expect(mayHoldPassword(text)).toBe(false)
  expect(redact(text)).toBe(text)
})

it('no password before a host is told, whatever is in it', () => {
  const scheme = fc.constantFrom('', 'https://', 'http://', 'HTTPS://', 'oci://')
  fc.assert(
    fc.property(scheme, fc.string({ maxLength: 30 }), fc.string({ maxLength: 30 }), (start, before, after) => {
      const text = `${start}ci:${before}canary${after}@host:5000/app:v1`
      return !redact(text).includes('canary')
    }),
  )
})
