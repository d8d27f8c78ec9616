import type { Descriptor } from '../../oci/descriptor.ts'
import type { Digest } from '../../oci/digest.ts'
import type { Answer, BlobAnswer, BlobQuestion, RepositoryStore } from '../ports.ts'
import { StoreError } from '../store-error.ts'
import type { BlobBelow } from './graph.ts'
import { measureBlob } from './measure.ts'

/** A blob to look for, and what is known about it. */
interface WantedBlob extends Partial<Pick<Descriptor, 'size' | 'foreign'>>, Pick<BlobQuestion, 'stray'> {
  readonly digest: Digest
}

/** What is left of each blob, in order. */
export async function blobsBelow(store: RepositoryStore, wanted: readonly WantedBlob[]): Promise<BlobBelow[]> {
  const questions = wanted.map(({ digest, size, stray }) => ({
    digest,
    sizes: size === undefined ? [] : [size],
    prove: true,
    ...(stray && { stray }),
  }))
  const answers = await store.probeBlobs(questions)
  return wanted.flatMap((each, n) => {
    const [question, answer] = [questions[n], answers[n]]
    return question === undefined || answer === undefined ? [] : [blobBelow(each, question, answer)]
  })
}

function blobBelow({ digest, foreign }: WantedBlob, question: BlobQuestion, answer: Answer<BlobAnswer>): BlobBelow {
  if (answer instanceof StoreError) return { digest, state: 'lost' }
  const { evidence } = answer
  const at = (path: string | undefined): { readonly path?: string } => (path === undefined ? {} : { path })
  if (answer.is === 'absent') {
    const badLink = answer.cause === 'layer-link-invalid' ? evidence.path : undefined
    const link = badLink === undefined ? {} : { badLink }
    // If the link is missing or bad, `path` is that of the link.
    const file = at(evidence.blobPath ?? evidence.path)
    if (evidence.blobStored === true)
      return { digest, state: evidence.blobDamaged === true ? 'damaged' : 'stored', ...file, ...link }
    if (evidence.dataIs !== undefined) return { digest, state: 'damaged', ...file, ...link }
    return { digest, state: foreign ? 'foreign' : 'lost', ...link }
  }
  const fact = measureBlob(question, answer)
  if (fact.is !== 'damaged') return { digest, state: 'linked', ...at(evidence.path) }
  if (fact.cause !== 'wrong-link') return { digest, state: 'damaged', ...at(evidence.path) }
  const badLink = evidence.link
  return {
    digest,
    state: evidence.ownStored === true ? 'stored' : 'lost',
    ...at(evidence.ownPath),
    ...(badLink === undefined ? {} : { badLink }),
  }
}
