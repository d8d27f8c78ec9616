import { expect, it } from 'vitest'
import { needsOf } from '../../src/references/needs.ts'
import type { ImageReference } from '../../src/references/reference.ts'

const image = (line: number, rest: Partial<ImageReference> = {}): ImageReference => ({
  image: 'registry.example.com/app:1',
  place: { file: 'pods.json', line, column: 1 },
  usedBy: 'Pod shop/web, container app',
  ...rest,
})

const platformsOf = (images: readonly ImageReference[], platform?: string): readonly unknown[] =>
  needsOf({ images, unknown: [], unreadable: [] }, platform).images.map((need) => [need.platform, need.uses.length])

it.each([
  ['nothing', {}, [[undefined, 1]]],
  ['its platform', { platform: 'linux/arm64' }, [['linux/arm64', 1]]],
  [
    'the nodes where it may start',
    { platformsOfNodes: ['linux/amd64', 'linux/arm64'] },
    [
      ['linux/amd64', 1],
      ['linux/arm64', 1],
    ],
  ],
] as const)('checks an image for the platforms of the nodes, if the documents have %s', (_, rest, platforms) => {
  expect(platformsOf([image(1, rest)], 'auto')).toEqual(platforms)
})

it('takes the platforms of the nodes only if asked to', () => {
  expect(platformsOf([image(1, { platformsOfNodes: ['linux/amd64'] })])).toEqual([[undefined, 1]])
  expect(platformsOf([image(1, { platformsOfNodes: ['linux/amd64'] })], 'linux/386')).toEqual([['linux/386', 1]])
})

it('says once of each node that its platform is not known, and checks the images for all platforms', () => {
  const images = [image(1, { unknownNode: 'a' }), image(2, { unknownNode: 'a' }), image(3, { unknownNode: 'b' })]
  const { unknown } = needsOf({ images, unknown: [], unreadable: [] }, 'auto')
  expect(unknown.map(({ place, because }) => [place.line, because])).toEqual([
    [1, 'the platform of its node a is not known: add the output of kubectl get nodes -o json'],
    [3, 'the platform of its node b is not known: add the output of kubectl get nodes -o json'],
  ])
  expect(platformsOf(images, 'auto')).toEqual([[undefined, 3]])
  expect(needsOf({ images, unknown: [], unreadable: [] }).unknown).toEqual([])
})
