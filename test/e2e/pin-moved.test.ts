import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { image, type ManifestNode } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import type { Ran } from '../support/command/run.ts'
import { regfsckIn } from '../support/command/run-in-directory.ts'
import { scratch } from '../support/scratch.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'

const root = join(scratch(), 'registry')
const first = image('first')
const second = image('second')
const third = image('third')

describeWithServers(['docker-registry'], 'regfsck pin, when a tag moves,', () => {
  let registry: RunningRegistry
  let folder: string

  beforeAll(async () => {
    registry = await startRegistry({ root })
  })

  afterAll(() => registry.stop())

  const pin = (...args: readonly string[]): Promise<Ran> => regfsckIn(folder, ['pin', '--recheck-delay=0', ...args])
  const fileAt = (name: string): string => readFileSync(join(folder, name), 'utf8')
  const TO_OVERRIDE = ['--from', 'compose.yaml', '--write', 'compose.override.yaml']
  const place = (): { url: string; repository: string } => ({ url: registry.url, repository: 'team/moving' })
  const moving = (): string => `${registry.host}/team/moving:1`
  const at = ({ descriptor }: ManifestNode): string => `${moving()}@${descriptor.digest}`
  const yaml = (): string => `services:\n  web:\n    image: ${moving()}\n`

  it('--check says so, the pin holds; what is gone or has no pin fails', async () => {
    await push(place(), second, '1')
    folder = scratch()
    writeFileSync(join(folder, 'compose.yaml'), yaml())
    await pin(...TO_OVERRIDE)
    const check = (...args: readonly string[]): Promise<Ran> => pin('--check', ...TO_OVERRIDE, ...args)
    expect(await check()).toMatchObject({ code: 0, stdout: `${at(second)}\n`, stderr: '' })
    await push(place(), third, '1')
    const moved = await check()
    expect(moved).toMatchObject({ code: 0, stdout: `${at(second)}\n` })
    expect(moved.stderr).toBe(
      `regfsck: compose.yaml:3: service web: ${moving()} has moved on to ${third.descriptor.digest}; it is pinned to ${second.descriptor.digest}\n`,
    )
    const merged = await pin('--check', '--from', 'compose.yaml', '--from', 'compose.override.yaml')
    expect(merged).toMatchObject({ code: 0, stdout: moved.stdout })
    expect(await pin('--check', '--from', 'compose.yaml')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(`compose.yaml:3: service web: ${moving()} is not pinned`),
    })
    const gone = `${moving()}@sha256:${'0'.repeat(64)}`
    writeFileSync(join(folder, 'compose.override.yaml'), `services:\n  web:\n    image: ${gone}\n`)
    const lost = await check()
    expect(lost).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('does not hold') })
  })

  it('keeps the earlier pins, and --rollback goes back to them one step at a time', async () => {
    folder = scratch()
    writeFileSync(join(folder, 'compose.yaml'), yaml())
    const overrides: string[] = []
    for (const image of [first, second, third]) {
      await push(place(), image, '1')
      expect((await pin(...TO_OVERRIDE)).code).toBe(0)
      overrides.push(fileAt('compose.override.yaml'))
    }
    expect(new Set(overrides).size).toBe(3)
    const back = await pin(...TO_OVERRIDE, '--rollback')
    expect(back).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(`service web: ${at(second)}, before ${third.descriptor.digest}`),
    })
    expect(fileAt('compose.override.yaml')).toBe(overrides[1])
    expect((await pin(...TO_OVERRIDE, '--rollback')).code).toBe(0)
    expect(fileAt('compose.override.yaml')).toBe(overrides[0])
    expect(await pin(...TO_OVERRIDE, '--rollback')).toMatchObject({ code: 2 })
    expect((await pin(...TO_OVERRIDE)).code).toBe(0)
    expect(fileAt('compose.override.yaml')).toBe(overrides[2])
  })

  it('keeps as many as --keep says, and pins in files move only with --update', async () => {
    folder = scratch()
    writeFileSync(join(folder, 'compose.yaml'), yaml())
    const inPlace = (...args: readonly string[]): Promise<Ran> =>
      pin('--from', 'compose.yaml', '--in-place', '--keep=1', ...args)
    for (const image of [first, second, third]) {
      await push(place(), image, '1')
      expect((await inPlace('--update')).code).toBe(0)
      expect(fileAt('compose.yaml')).toBe(yaml().replace(moving(), at(image)))
    }
    expect(JSON.parse(fileAt('compose.yaml.pins'))).toMatchObject({
      earlier: [{ pins: { [moving()]: second.descriptor.digest } }],
    })
    await push(place(), first, '1')
    expect(await inPlace()).toMatchObject({ code: 0, stderr: expect.stringContaining('up to date') })
    expect((await inPlace('--rollback')).code).toBe(0)
    expect(fileAt('compose.yaml')).toBe(yaml().replace(moving(), at(second)))
  })

  it('keeps the digests of two services that name one tag apart, in their file and in an override', async () => {
    await push(place(), first, 'a')
    await push(place(), second, 'b')
    await push(place(), third, '1')
    const two = (one: string, other: string): string =>
      `services:\n  web:\n    image: ${one}\n  worker:\n    image: ${other}\n`
    folder = scratch()
    const before = two(at(first), at(second))
    writeFileSync(join(folder, 'compose.yaml'), before)
    expect((await pin('--from', 'compose.yaml', '--in-place', '--update')).code).toBe(0)
    expect(fileAt('compose.yaml')).toBe(two(at(third), at(third)))
    expect(JSON.parse(fileAt('compose.yaml.pins')).earlier).toMatchObject([
      {
        pins: {
          [`${moving()} (service web)`]: first.descriptor.digest,
          [`${moving()} (service worker)`]: second.descriptor.digest,
        },
      },
    ])
    expect((await pin('--from', 'compose.yaml', '--in-place', '--rollback')).code).toBe(0)
    expect(fileAt('compose.yaml')).toBe(before)
    expect((await pin(...TO_OVERRIDE)).code).toBe(0)
    expect(await pin('--check', ...TO_OVERRIDE)).toMatchObject({ code: 0, stdout: `${at(first)}\n${at(second)}\n` })
    const gone = fileAt('compose.override.yaml').replace(first.descriptor.digest, `sha256:${'0'.repeat(64)}`)
    writeFileSync(join(folder, 'compose.override.yaml'), gone)
    expect(await pin('--check', ...TO_OVERRIDE)).toMatchObject({ code: 1, stdout: `${at(second)}\n` })
  })
})
