import { describe, expect, it } from 'vitest'
import { parseImageId } from '../../../src/references/kubernetes/image-id.ts'

const HEX = '0123456789abcdef'.repeat(4)
const DIGEST = `sha256:${HEX}`

describe('parseImageId', () => {
  it.each([
    ['Docker', `docker-pullable://registry.example.com:5000/team/app@${DIGEST}`, 'registry.example.com:5000/team/app'],
    ['containerd', `docker.io/library/nginx@${DIGEST}`, 'docker.io/library/nginx'],
    ['CRI-O', `quay.io/org/app@${DIGEST}`, 'quay.io/org/app'],
    ['a name with a tag', `quay.io/org/app:v1@${DIGEST}`, 'quay.io/org/app'],
    ['a name with a port and no tag', `localhost:5000/app@${DIGEST}`, 'localhost:5000/app'],
  ])('knows the digest of a manifest or index: %s', (_, text, name) => {
    expect(parseImageId(text)).toEqual({ is: 'repository-digest', name, digest: DIGEST })
  })

  it.each([
    ['containerd without a repository digest', DIGEST, { is: 'config-digest', digest: DIGEST }],
    ['Docker without a repository digest', `docker://${DIGEST}`, { is: 'local-id', digest: DIGEST }],
    ['CRI-O without a repository digest', HEX, { is: 'local-id', digest: DIGEST }],
    ['an import by ctr', `docker.io/library/import-2026-03-01@${DIGEST}`, { is: 'imported', digest: DIGEST }],
    ['an image of Docker without a name', `docker-pullable://<none>@${DIGEST}`, { is: 'imported', digest: DIGEST }],
    ['a container whose image is pulled', '', { is: 'none' }],
    ['a prefix alone', 'docker://', { is: 'none' }],
    ['a short id', 'docker://0123456789ab', { is: 'unknown', text: 'docker://0123456789ab' }],
    ['a name alone', 'nginx:1.27', { is: 'unknown', text: 'nginx:1.27' }],
    ['a wrong digest', 'nginx@sha256:abc', { is: 'unknown', text: 'nginx@sha256:abc' }],
    ['no name', `@${DIGEST}`, { is: 'unknown', text: `@${DIGEST}` }],
  ])('does not call anything else one: %s', (_, text, expected) => {
    expect(parseImageId(text)).toEqual(expected)
  })
})
