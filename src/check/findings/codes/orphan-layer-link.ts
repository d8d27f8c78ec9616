import { adviceOnly } from '../../repair/remedy.ts'
import type { FindingKind } from '../kind.ts'

/** See `docs/findings/orphan-layer-link.md`. */
export const orphanLayerLink: FindingKind<'orphan-layer-link'> = {
  causes: ['blob-missing'],
  severities: ['warning'],
  thing: 'layer link',
  state: 'target gone',
  losesContent: true,
  garbage: 'layer_link_orphan',
  message: () => 'A layer link points to a blob that is gone; no remaining manifest needs it.',
  remedy: () =>
    adviceOnly(
      'none',
      'Garbage collection of distribution 2.8 leaves such links. Nothing needs them, and 3.x removes them.',
    ),
}
