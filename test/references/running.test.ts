import { describe, expect, it } from 'vitest'
import { parseReference } from '../../src/oci/reference.ts'
import { RunningByName } from '../../src/references/running.ts'

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`

/** What is known of an image that runs, by its `imageID`. */
function runningOf(reference: string, ...ids: readonly string[]) {
  const running = new RunningByName(parseReference(reference))
  for (const [n, id] of ids.entries()) running.add(id, { file: 'pods', line: n + 1, column: 1, by: 'pod' })
  return running.images
}

describe('what runs of an image', () => {
  it.each([
    ['nginx:1', 'docker.io/library/nginx'],
    ['nginx:1', 'docker-pullable://nginx'],
    ['docker.io/library/nginx:1', 'docker.io/library/nginx'],
    ['localhost:5000/app:1', 'localhost:5000/app'],
    ['http://registry:80/app:1', 'registry:80/app'],
    ['registry.example.com/app:1', 'registry.example.com/app'],
  ])('is of %s by the name %s', (reference, name) => {
    expect(runningOf(reference, `${name}@${DIGEST}`)).toEqual([
      { is: 'manifest', digest: DIGEST, usedBy: ['pods:1: pod'] },
    ])
  })

  it.each([
    ['nginx:1', 'quay.io/library/nginx'],
    ['registry.example.com/app:1', 'registry.example.com/other'],
    ['registry.example.com:5000/app:1', 'registry.example.com/app'],
  ])('is not of %s by the name %s', (reference, otherName) => {
    expect(runningOf(reference, `${otherName}@${DIGEST}`)).toMatchObject([{ is: 'manifest', otherName }])
  })

  it('is kept once for each name, with all its places', () => {
    expect(runningOf('app:1', DIGEST, '', `docker://${DIGEST}`, DIGEST)).toEqual([
      { is: 'config', digest: DIGEST, usedBy: ['pods:1: pod', 'pods:4: pod'] },
      { is: 'local', digest: DIGEST, text: DIGEST, usedBy: ['pods:3: pod'] },
    ])
  })

  it('keeps no password', () => {
    expect(
      JSON.stringify(runningOf('app:1', `me:secret@host/app@${DIGEST}`, 'https://me:secret@host/app')),
    ).not.toContain('secret')
  })
})
