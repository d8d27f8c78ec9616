import { describe, expect, it } from 'vitest'
import type { ScanEvent } from '../../../src/check/events.ts'
import { BuiltImage } from '../../../src/cli/check/built-image.ts'
import { parseReference } from '../../../src/oci/reference.ts'
import { NOTHING } from '../../../src/references/file-events.ts'

const SUMMARY: ScanEvent = {
  type: 'summary',
  totals: { ...NOTHING, repositories: 1 },
  complete: false,
  stopped: false,
  garbage: 'none',
  coverage: {
    checked: { indexes: 0, manifests: 0, configs: 0, layers: 0, layerLinks: 0 },
    checkedBytes: 0,
    durations: {},
  },
}

/** Simulated: a registry that denies access to a tag. */
function afterDenial(reference: string): readonly ScanEvent[] {
  const parsed = parseReference(reference)
  const image = new BuiltImage(parsed)
  const { repository, wanted: tag } = parsed
  const denied: ScanEvent = { type: 'unchecked', record: { repository, tag, because: 'STORE_DENIED' } }
  return [denied, SUMMARY].flatMap((event) => image.take(event))
}

describe('an image that compose builds', () => {
  it('is skipped where Docker Hub denies access, as it does for names that do not exist', () => {
    const events = afterDenial('team/app:1')
    expect(events.flatMap((event) => (event.type === 'unchecked' ? [event.record.because] : []))).toEqual([
      'BUILT_HERE',
    ])
    expect(events.at(-1)).toMatchObject({ type: 'summary', complete: true, totals: NOTHING })
  })

  it('stays unchecked where another registry denies access, because that has a reason', () => {
    const events = afterDenial('registry.example.com/team/app:1')
    expect(events.flatMap((event) => (event.type === 'unchecked' ? [event.record.because] : []))).toEqual([
      'STORE_DENIED',
    ])
    expect(events.at(-1)).toBe(SUMMARY)
  })
})
