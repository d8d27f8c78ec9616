import { describe, expect, it } from 'vitest'
import { earlierPin, isAmbiguous, namedPins } from '../../../src/references/pin/pin-names.ts'
import { pinFor, pinsIn } from '../../../src/references/pin/written-pins.ts'

const A = `sha256:${'a'.repeat(64)}`
const B = `sha256:${'b'.repeat(64)}`
const C = `sha256:${'c'.repeat(64)}`
const web = { key: 'app:1', usedBy: 'service web' }
const worker = { key: 'app:1', usedBy: 'service worker' }

describe('one tag that is pinned to several digests', () => {
  it('has a name for each use, where it has several before or after', () => {
    const several = [
      { ...web, digest: A },
      { ...worker, digest: B },
    ]
    const one = [
      { ...web, digest: C },
      { ...worker, digest: C },
    ]
    const { before, after, nameOf } = namedPins(several, one)
    expect([...before]).toEqual([
      ['app:1 (service web)', A],
      ['app:1 (service worker)', B],
    ])
    expect([...after.values()]).toEqual([C, C])
    expect(nameOf({ ...web, digest: C })).toBe('app:1 (service web)')
    expect(earlierPin(before, web)).toBe(A)
    expect(earlierPin(before, worker)).toBe(B)
    expect([...namedPins(one, several).after]).toEqual([...before])
  })

  it('has no other name than the tag where all uses have one digest', () => {
    const pins = [
      { ...web, digest: A },
      { ...worker, digest: A },
    ]
    const { before } = namedPins(pins, [{ ...web, digest: B }])
    expect([...before]).toEqual([['app:1', A]])
    expect([earlierPin(before, web), earlierPin(before, worker)]).toEqual([A, A])
  })

  it('is ambiguous where nobody knows who had which', () => {
    const pins = ['a', 'b'].map((digit) => ({ key: 'app:1', digest: `sha256:${digit.repeat(64)}` }))
    const { before } = namedPins(pins, [{ key: 'app:1', digest: A }])
    expect(before.size).toBe(2)
    expect(isAmbiguous(before, 'app:1')).toBe(true)
    expect(earlierPin(before, web)).toBeUndefined()
    expect(isAmbiguous(namedPins([{ ...web, digest: A }], [{ ...worker, digest: B }]).before, 'app:1')).toBe(false)
  })
})

describe('the pin of a use', () => {
  const override = `services:\n  web:\n    image: app:1@${A}\n  worker: {image: "app:1@${B}"}\n`

  it('is that of its service in an override', () => {
    const pins = pinsIn(override, 'compose')
    expect(pinFor({ ...web, digest: undefined }, pins)).toBe(A)
    expect(pinFor({ ...worker, digest: undefined }, pins)).toBe(B)
    expect(pinFor({ key: 'app:2', usedBy: 'service web', digest: undefined }, pins)).toBeUndefined()
  })

  it('is the digest that the use names itself where a list has several', () => {
    const pins = pinsIn(`app:1@${A}\napp:1@${B}\n`, 'list')
    expect(pinFor({ ...web, digest: A }, pins)).toBe(A)
    expect(pinFor({ ...web, digest: B }, pins)).toBe(B)
  })

  it.each(['not yaml: [', 'services: []', ''])('is found in what is no compose file too: %j', (text) => {
    expect(pinsIn(`${text} app:1@${A}`, 'compose').map(({ digest }) => digest)).toEqual([A])
  })
})
