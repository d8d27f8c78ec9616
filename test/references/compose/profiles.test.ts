import { describe, expect, it } from 'vitest'
import { leftOutOf, readFiles } from './files.ts'

/** The example of the clause, written with other names. */
const COMPOSE = `services:
  always: {image: always}
  tester:
    image: tester
    profiles: [test]
  both: {image: both, depends_on: [tester], profiles: [test, debug]}
`

const read = (options: Parameters<typeof readFiles>[1] = {}, more: Readonly<Record<string, string>> = {}) =>
  readFiles({ 'compose.yaml': COMPOSE, ...more }, options)
const images = (...options: Parameters<typeof read>) => read(...options).images.map(({ image }) => image)

describe('profiles (15-profiles.md of the compose specification)', () => {
  it('leave out what they do not enable, and name it', () => {
    expect(images()).toEqual(['always'])
    expect(leftOutOf(read())).toEqual([
      'service tester @ compose.yaml:3:3: its profile (test) is not enabled',
      'service both @ compose.yaml:6:3: none of its profiles (test, debug) is enabled',
    ])
    expect(read().leftOut.map(({ profiles }) => profiles)).toEqual([['test'], ['test', 'debug']])
  })

  it('enable each service that names one of them', () => {
    expect(images({ profiles: ['test'] })).toEqual(['always', 'tester', 'both'])
    expect(images({ profiles: ['debug'] })).toEqual(['always', 'both'])
    expect(images({ profiles: ['other'] })).toEqual(['always'])
  })

  it('are all enabled by *', () => {
    expect(images({ profiles: ['*'] })).toEqual(['always', 'tester', 'both'])
    expect(read({ profiles: ['*'] }).leftOut).toEqual([])
  })

  it('are else those of COMPOSE_PROFILES, also from .env', () => {
    expect(images({ environment: { COMPOSE_PROFILES: 'x, debug' } })).toEqual(['always', 'both'])
    expect(images({}, { '.env': 'COMPOSE_PROFILES=test\n' })).toEqual(['always', 'tester', 'both'])
    expect(images({ profiles: ['debug'], environment: { COMPOSE_PROFILES: 'test' } })).toEqual(['always', 'both'])
  })

  it('that cannot be known leave nothing out', () => {
    const unknown = { 'compose.yaml': 'services: {a: {image: a, profiles: ["$NONE"]}, b: {image: b, profiles: []}}\n' }
    expect(readFiles(unknown).images.map(({ image }) => image)).toEqual(['a', 'b'])
  })

  it('leave out the volumes, the hooks and the models of their services too', () => {
    const service = 'image: a, volumes: [{type: image, source: v, target: /v}], pre_start: [{image: h}], models: [m]'
    const files = { 'compose.yaml': `services: {a: {${service}, profiles: [p]}}\nmodels: {m: {model: ai/m}}\n` }
    expect(readFiles(files).images).toEqual([])
    expect(readFiles(files).leftOut.map(({ usedBy }) => usedBy)).toEqual(['service a', 'model m'])
    expect(readFiles(files, { profiles: ['p'] }).images.map(({ image }) => image)).toEqual(['a', 'v', 'h', 'ai/m'])
  })
})
