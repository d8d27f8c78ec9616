import { describe, expect, it } from 'vitest'
import { kindOf } from '../../src/references/kind.ts'
import { meaningOf } from '../../src/references/unknown-kind.ts'

function meaning(name: string, text: string): string {
  const found = kindOf({ name, text })
  return 'kind' in found ? found.kind : meaningOf({ name, text }, found)
}

describe('a file of a searched directory that fits no kind', () => {
  it.each([
    ['no key image', 'a.yaml', 'replicas: 2\n'],
    ['a key that only ends with image', 'a.yaml', 'base_image: app:1\n'],
    ['a key image in a text', 'a.yaml', 'text: the image: app:1\n'],
  ])('says nothing where it has %s', (_, name, text) => {
    expect(meaning(name, text)).toBe('no image')
  })

  it.each([
    ['values of a chart', 'values.yaml', 'image:\n  repository: nginx\n  tag: "1"\n'],
    ['values of a chart under another name', 'a.yaml', 'web:\n  image:\n    repository: nginx\n'],
    ['values of a chart that name an image in one text', 'chart/values.yaml', 'web:\n  image: nginx:1.25\n'],
    ['values of a chart for one stage', 'values-prod.yaml', 'image: nginx:1.25\n'],
    ['values of a chart for one stage', 'prod.values.yml', 'image: nginx:1.25\n'],
    ['an image in braces', 'a.yaml', 'title: x\nweb:\n  image: {name: nginx, tag: "1"}\n'],
    ['a picture', 'a.yaml', 'title: x\nimage: assets/logo.png # ours\n'],
    ['a picture of another host', 'a.json', '{\n  "image": "https://example.com/logo.svg"\n}\n'],
    ['a path', 'a.yaml', 'title: x\nimage: /srv/disk.qcow2\n'],
    ['a word', 'a.yaml', 'title: x\npool:\n  image: ubuntu\n'],
    ['a number', 'a.yaml', 'title: x\nimage: 5\n'],
    ['nothing', 'a.yaml', 'title: x\nimage:\n'],
  ])('is skipped where it has %s', (_, name, text) => {
    expect(meaning(name, text)).toBe('no deployed image')
  })

  it.each([
    ['an image with a tag', 'play.yaml', '- hosts: all\n  tasks:\n    - docker_container:\n        image: app:1\n'],
    ['an image of a registry', 'a.yaml', 'x:\n  image: "registry.example.com/app"\n'],
    ['an image with a digest', 'a.yaml', `x:\n  image: app@sha256:${'a'.repeat(64)} # pinned\n`],
    ['an image in a list of JSON', 'a.json', '[\n  {\n    "image": "app:1",\n    "x": 1\n  }\n]\n'],
    ['an image with a variable', 'a.yaml', 'x:\n  image: ${IMAGE}\n'],
    ['a template in a value', 'a.yaml', 'x:\n  image: "{{ image }}"\n'],
    ['an alias', 'a.yaml', 'x:\n  image: *image\n'],
    ['a text on the next lines', 'a.yaml', 'x:\n  image: >-\n    app:1\n'],
    ['an image with an anchor', 'a.yaml', 'x:\n  image: &app app:1\n'],
    ['Windows line ends', 'a.yaml', 'x:\r\n  image: app:1\r\n'],
    ['a template', 'values.yaml', '{{- range .Values.jobs }}\nimage: x\n{{- end }}\n'],
    ['a compose file of version 1', 'a.yaml', 'web:\n  image: nginx\ndb:\n  build: .\n  image: db\n'],
  ])('may name an image where it has %s', (_, name, text) => {
    expect(meaning(name, text)).toBe('perhaps an image')
  })

  it('takes no longer for a long line', () => {
    const started = performance.now()
    expect(meaning('a.yaml', `image: ${'a '.repeat(2 ** 20)}\n`)).toBe('no deployed image')
    expect(meaning('a.yaml', `x: 1\n${' '.repeat(2 ** 20)}image\n`)).toBe('no image')
    expect(performance.now() - started).toBeLessThan(20_000)
  })
})
