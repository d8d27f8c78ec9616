import { expect, it } from 'vitest'
import { fixture } from '../support/builders/fixtures.ts'
import { regfsck } from '../support/command/run.ts'

/** More than Node lets listen to one signal without a warning. */
const MANY = [
  'lawful-artifact',
  'lawful-attestation',
  'lawful-cosign-tags',
  'lawful-custom-fields',
  'lawful-data-field',
  'lawful-docker-list',
  'lawful-empty-blob',
  'lawful-index-empty',
  'lawful-mounted-layer',
  'lawful-nested-index',
  'lawful-no-layers',
  'lawful-referrer',
]

it('says nothing on stderr where all is well, however many registries there are', async () => {
  const { code, stderr } = await regfsck(['scan', ...MANY.map(fixture)])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})
