import { describe, expect, it } from 'vitest'
import type { ScanEvent } from '../../src/check/events.ts'
import type { Finding } from '../../src/check/findings/finding.ts'
import { RepairPlanner } from '../../src/check/repair/plan.ts'
import { parseDigest } from '../../src/oci/digest.ts'
import { repairReport } from '../../src/report/repair/script.ts'
import { asFinding } from '../check/findings/every-finding.ts'
import { digestOf } from '../support/builders/images.ts'
import { ON_DISK } from '../support/builders/repair.ts'
import { cleanEvents, written } from './events.ts'

/** One layer that is lost, and so many tags that need it. */
function lostLayer(tags: number): Finding {
  return {
    code: 'layer-missing',
    cause: 'blob-missing',
    severity: 'error',
    repository: 'team/app',
    digest: parseDigest(digestOf(Buffer.from('lost'))),
    tags: Array.from({ length: tags }, (_, n) => `v${n}`),
    parents: [],
    platforms: [],
    evidence: {},
  }
}

async function scriptFor(finding: Finding): Promise<string> {
  const planner = new RepairPlanner(ON_DISK)
  planner.add(finding)
  const [target] = await cleanEvents()
  const events: ScanEvent[] = target ? [target, { type: 'repairs', plan: planner.plan() }] : []
  return written(repairReport, events)
}

describe('the repair script', () => {
  it('checks the one image that was damaged', async () => {
    const script = await scriptFor(lostLayer(1))
    expect(script).toContain(`step 3/3 'Check team/app:v0'\n{ regfsck check "$REGISTRY/team/app:v0"; } || failed 3\n`)
  })

  it('checks three images by one command, a line for each', async () => {
    const script = await scriptFor(lostLayer(3))
    expect(script).toContain('#   checks 3 images\n')
    expect(script).toContain(
      [
        "step 5/5 'Check 3 images'",
        '{ regfsck check \\',
        '  "$REGISTRY/team/app:v0" \\',
        '  "$REGISTRY/team/app:v1" \\',
        '  "$REGISTRY/team/app:v2"; } || failed 5\n',
      ].join('\n'),
    )
  })

  it('asks after the last copy whether what a copy could not bring is whole all the same', async () => {
    const script = await scriptFor(lostLayer(2))
    expect(script).toContain(` team/app v1 v1; } || not_copied 3 team/app:v1\n`)
    const asked = script.indexOf(
      [
        '# A failed copy does not count if its image is intact by now.',
        'for each in $not_copied; do',
        `  regfsck check --recheck-delay 0 "$REGISTRY/\${each#*=}" >/dev/null 2>&1 || failed "\${each%%=*}"`,
        'done\n',
      ].join('\n'),
    )
    expect(asked).toBeGreaterThan(script.indexOf('|| not_copied 3'))
    expect(asked).toBeLessThan(script.indexOf("step 4/4 'Check 2 images'"))
  })

  it('asks nothing where nothing is copied', async () => {
    const evidence = { blobStored: true, blobPath: '/blobs/data' }
    expect(await scriptFor(asFinding({ ...lostLayer(1), cause: 'layer-link-missing', evidence }))).not.toContain(
      'not_copied',
    )
  })

  it('checks no more than fifty images by one command, and none of them twice', async () => {
    const script = await scriptFor(lostLayer(101))
    const titles = [...script.matchAll(/^step \d+\/\d+ '(Check .*)'$/gm)].map(([, title]) => title)
    expect(titles).toEqual(['Check 50 images', 'Check 50 images', 'Check team/app:v100'])
    const checks = script.slice(script.indexOf('{ regfsck check \\'))
    const images = [...checks.matchAll(/"\$REGISTRY\/team\/app:(v\d+)"/g)].map(([, tag]) => tag)
    expect(images).toEqual(lostLayer(101).tags)
  })
})
