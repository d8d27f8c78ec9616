import { describe, expect, it } from 'vitest'
import { defaultComposeFiles } from '../../../src/references/compose/default-files.ts'

describe('the compose files of a directory', () => {
  it.each([
    ['the main file', ['README.md', 'compose.yaml'], ['compose.yaml']],
    ['and its override', ['compose.override.yaml', 'compose.yaml'], ['compose.yaml', 'compose.override.yaml']],
    [
      'the older names',
      ['docker-compose.override.yml', 'docker-compose.yml'],
      ['docker-compose.yml', 'docker-compose.override.yml'],
    ],
    ['the first of several', ['docker-compose.yml', 'compose.yml', 'compose.yaml'], ['compose.yaml']],
    [
      'any override',
      ['compose.yaml', 'docker-compose.override.yaml'],
      ['compose.yaml', 'docker-compose.override.yaml'],
    ],
    ['none: an override alone is none', ['compose.override.yaml', 'compose.prod.yaml'], []],
  ])('are %s', (_what, names, files) => {
    expect(defaultComposeFiles(names)).toEqual(files)
  })
})
