import type { AnyFinding } from '../findings/finding.ts'
import { Parts } from './parts.ts'
import type { RepairPlace } from './place.ts'
import type { Remedy } from './remedy.ts'
import type { RepairStep } from './step.ts'

/** A pull-through cache accepts no push. Once the bad file is moved away, the next pull fetches it from upstream. */
export function inCache(finding: AnyFinding, { action, why, steps }: Remedy, place: RepairPlace): Remedy {
  if (steps.length === 0) return { action, why, steps }
  const quarantines = steps.filter(({ does }) => does === 'quarantine')
  const isBlob =
    finding.code.startsWith('blob-') || finding.code === 'layer-missing' || finding.code === 'config-missing'
  const parts = new Parts(finding, place)
  return {
    action: 'replace-file',
    why: `This is a pull-through cache: nothing can be pushed to it. Move the bad files away and pull, so that the cache fetches the content again. ${servedMeanwhile(finding, isBlob)}`.trim(),
    steps: [
      ...(quarantines.length > 0 ? quarantines : inTheWayOfPulls(finding, parts)),
      ...parts.pulls(isBlob ? 'blobs' : 'manifests'),
    ],
  }
}

/** What clients of a cache get until it is repaired. Measured on distribution 2.8.2. */
function servedMeanwhile({ severity, cause }: AnyFinding, isBlob: boolean): string {
  if (severity !== 'error') return ''
  if (isBlob && cause.endsWith('-invalid'))
    return 'Until then clients get an error, whether or not the upstream answers.'
  if (isBlob || cause === 'wrong-link')
    return 'Until then clients get the wrong bytes, whether or not the upstream answers.'
  if (cause === 'digest-mismatch')
    return 'Until then clients get the wrong bytes, whether or not the upstream answers, if the registry can still read them as a manifest; else the right ones while it answers.'
  return 'Until then clients get the right bytes while the upstream answers, and an error without it.'
}

/** A pull rewrites the link of a tag. The tag may name another image upstream by now. */
function inTheWayOfPulls({ code, cause }: AnyFinding, parts: Parts): RepairStep[] {
  if (cause === 'wrong-link') return parts.quarantineLink('link')
  if (!cause.endsWith('link-invalid')) return parts.damagedFile()
  return code === 'tag-dangling' && cause === 'link-invalid' ? [] : parts.quarantineLink('path')
}
