import { harmlessJson, harmlessJsonText } from '../escape.ts'
import { jsonPieces } from '../json/json-pieces.ts'
import type { Write } from '../report.ts'
import { type CollectionRecord, previewDocument, previewTargetOf } from './document.ts'
import type { PreviewedTarget, PreviewReport } from './preview-report.ts'

/** One JSON document, as `docs/gc-preview.schema.json` describes it. */
export function previewJson(write: Write): PreviewReport {
  const targets: PreviewedTarget[] = []
  return {
    take: (target) => {
      targets.push(target)
    },
    end: (run) => {
      for (const piece of jsonPieces(previewDocument(targets, run))) write(harmlessJsonText(piece))
      write('\n')
    },
  }
}

/**
 * One record a line: `collection` (without its lists), `broken`, `finding`, `unchecked`, and for each registry a `summary`, which
 * comes last.
 */
export function previewNdjson(write: Write): PreviewReport {
  const line = (record: object): void => {
    write(`${harmlessJson(record)}\n`)
  }
  return {
    take(previewed) {
      const { registry, collections, findings, unchecked, ...summary } = previewTargetOf(previewed)
      for (const collection of collections) {
        const { verdict, intended, deleted, kept, freed } = collection
        const amounts = { verdict, intended, deleted, kept, freed: { blobs: freed.blobs, bytes: freed.bytes } }
        line({ type: 'collection', registry, ...runOf(collection), ...amounts })
        for (const each of collection.broken) line({ type: 'broken', registry, ...runOf(collection), ...each })
      }
      for (const finding of findings) line({ type: 'finding', registry, ...finding })
      for (const record of unchecked) line({ type: 'unchecked', registry, ...record })
      line({ type: 'summary', registry, ...summary })
    },
    end() {
      // Each line was final when it was written.
    },
  }
}

function runOf({ engine, deleteUntagged, driver }: CollectionRecord) {
  return { engine, deleteUntagged, driver }
}
