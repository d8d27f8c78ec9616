import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { regfsckHere } from '../../support/command/run-in-process.ts'
import { scratch } from '../../support/scratch.ts'

/** A credential in the place of a digest, or before a host. Nothing in these files can be asked of a registry. */
const IMAGES = [
  'app:v1@canary',
  'registry.example.com/app:v1@canary',
  'registry.example.com:5000/team/app@canary/with+slash==',
  'ci:canary@registry.example.com/app:v1',
  'https://ci:canary@registry.example.com/app:v1',
  'registry.example.com/app:v1@sha256:abc@canary',
]

const FILES: Readonly<Record<string, (image: string) => string>> = {
  'compose.yaml': (image) => `services:\n  web:\n    image: "${image}"\n`,
  'pod.yaml': (image) =>
    `apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - name: app\n      image: "${image}"\n`,
  Dockerfile: (image) => `FROM ${image} AS base\nCOPY --from=${image} /a /b\n`,
  '.gitlab-ci.yml': (image) => `test:\n  image: "${image}"\n  script: [make]\n`,
  'images.txt': (image) => `alpine:3.20@x\n${image}\n`,
}

describe('what may be a secret in a reference is never printed', () => {
  const directory = scratch()

  it.each(Object.keys(FILES))('of %s', async (name) => {
    for (const image of IMAGES) {
      const path = join(directory, name)
      writeFileSync(path, FILES[name]?.(image) ?? '')
      const from = ['--from', path, ...(name === 'images.txt' ? ['--from-type', 'list'] : [])]
      for (const args of [
        ...['table', 'json', 'ndjson', 'junit', 'markdown', 'html', 'sarif'].map((format) => ['check', '-o', format]),
        ...[[], ['--check'], ['--in-place'], ['--update'], ['--format=list']].map((flags) => ['pin', ...flags]),
      ]) {
        const { code, stdout, stderr } = await regfsckHere([...args, ...from])
        expect([1, 2, 3], `${args.join(' ')} of ${image}`).toContain(code)
        expect(stdout + stderr).not.toContain('canary')
        expect(stdout + stderr).toContain('***')
      }
    }
  })

  it.each(IMAGES)('of a command line: %s', async (image) => {
    for (const args of [[image], ['--mirror', image], ['--host-depth', image], ['--expect-digest', image, 'app:v1']]) {
      const { code, stdout, stderr } = await regfsckHere(['check', ...args])
      expect(code).toBe(2)
      expect(stdout + stderr).not.toContain('canary')
    }
  })

  it('of a line of .env that is wrong', async () => {
    const place = scratch()
    writeFileSync(join(place, 'compose.yaml'), 'services:\n  web:\n    image: "app:$TAG"\n')
    for (const line of ['PASSWORD canary', 'MY PASSWORD canary=1', '-----canary-----', "A='canary"]) {
      writeFileSync(join(place, '.env'), `${line}\n`)
      const { code, stdout, stderr } = await regfsckHere(['check', '--from', join(place, 'compose.yaml')])
      expect(code).toBe(3)
      expect(stdout + stderr).not.toContain('canary')
    }
  })
})
