import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { regfsckHere } from '../../support/command/run-in-process.ts'
import { scratch } from '../../support/scratch.ts'

const list = (items: readonly object[] | null, more: object = {}): string =>
  JSON.stringify({ apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' }, ...more }, null, 4)
const finished = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'backup-1', namespace: 'shop' },
  spec: { containers: [{ name: 'app', image: 'backup:1' }] },
  status: { phase: 'Succeeded' },
}
const SERVICE = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  ports: [{ port: 80 }]\n'

async function check(name: string, text: string, ...args: readonly string[]) {
  const file = join(scratch(), name)
  writeFileSync(file, text)
  return regfsckHere(['check', '--from', file, ...args])
}

describe('files that name no image', () => {
  it.each([
    ['an empty list of kubectl', list([])],
    ['an empty list as Go writes it', list(null)],
    ['an empty list of the API', '{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":[]}'],
    ['an empty list in YAML', 'apiVersion: v1\nitems: []\nkind: List\nmetadata:\n  resourceVersion: ""\n'],
    ['pods that have all finished', list([finished])],
    ['one pod, which has finished', JSON.stringify(finished)],
    ['objects that start no pod', list([{ apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1' } }])],
  ])('are a complete answer: %s', async (_, text) => {
    const ran = await check('pods.json', text)
    expect([ran.code, ran.stdout]).toEqual([0, ''])
    expect(ran.stderr).toContain('0 images are named in 1 file; there was nothing to check')
  })

  it('is so in every format, and for the nodes and the fields that are asked for', async () => {
    const args = ['--platform=auto', '--custom-image-fields=spec.server.image']
    for (const format of ['json', 'ndjson', 'junit', 'markdown', 'html', 'sarif', 'repair']) {
      const { code, stderr, stdout } = await check('pods.json', list([]), ...args, `--output=${format}`)
      expect([format, code, stderr]).toEqual([format, 0, ''])
      expect(stdout).not.toMatch(/undefined|NaN/)
    }
    expect(JSON.parse((await check('pods.json', list([]), '--output=json')).stdout)).toMatchObject({ verdict: 'clean' })
  })

  it.each([
    ['a Service', 'service.yaml', SERVICE],
    ['a compose file without services', 'compose.yaml', 'services: {}\n'],
    ['a compose file whose services are not enabled', 'compose.yaml', 'services:\n  a: {image: b, profiles: [c]}\n'],
    ['a list of comments', 'images.txt', '# none\n'],
    ['an image of nothing', 'Dockerfile', 'FROM scratch\n'],
  ])('are most likely the wrong ones: %s', async (_, name, text) => {
    const type = name === 'images.txt' ? ['--from-type=list'] : []
    const ran = await check(name, text, ...type)
    expect(ran.code).toBe(2)
    expect(ran.stderr).toContain('no image is named in there')
  })

  it.each([
    ['nothing', ''],
    ['a line', '\n'],
    ['half of a list', list([finished]).slice(0, 80)],
    ['one page of a list', list([], { metadata: { resourceVersion: '7', continue: 'eyJ2IjoibWV0YSJ9' } })],
    ['what the API says instead', '{"kind":"Status","apiVersion":"v1","status":"Failure","message":"forbidden"}'],
    [
      'an empty list, and what the API says',
      list([JSON.parse('{"kind":"Status","apiVersion":"v1","status":"Failure"}')]),
    ],
  ])('are incomplete, and never well: %s', async (_, text) => {
    const ran = await check('pods.json', text, '--from-type=kubernetes')
    expect(ran.code).toBe(3)
    expect(ran.stderr).not.toContain('nothing to check')
  })

  it('are an error: a directory with nothing in it', async () => {
    const directory = join(scratch(), 'deploy')
    mkdirSync(directory)
    const ran = await regfsckHere(['check', '--from', directory, '--recursive'])
    expect(ran.code).toBe(2)
    expect(ran.stderr).toContain('no image is named in there')
  })
})
