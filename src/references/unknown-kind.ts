import { parseReference } from '../oci/reference.ts'
import type { NoKind } from './kind.ts'
import type { SourceFile } from './reference.ts'

/**
 * What a file that fits no kind says about what is deployed: nothing; nothing, although it has a key `image`; or perhaps an
 * image, which cannot be read.
 *
 * A template or a compose file of version 1 names images that somebody runs. The values of a Helm chart do not: the manifests that
 * the chart becomes do. In any other file, a value that names a tag, a digest or a registry may be an image (a playbook, a pipeline
 * of another kind), and one that does not is far more often a picture, a machine or a mapping.
 */
export function meaningOf(
  { name, text }: SourceFile,
  { looksLike }: NoKind,
): 'no image' | 'no deployed image' | 'perhaps an image' {
  const values = [...text.matchAll(IMAGE_KEY)].map(([, value = '']) => plain(value))
  if (values.length === 0) return 'no image'
  if (looksLike === 'template') return 'perhaps an image'
  if (looksLike === 'values' || VALUES_FILE.test(name)) return 'no deployed image'
  return looksLike === 'old-compose' || values.some(mayBeImage) ? 'perhaps an image' : 'no deployed image'
}

/** A key `image` in YAML or JSON, and the rest of its line. */
const IMAGE_KEY = /^[ \t]*(?:-[ \t]+)*["']?image["']?[ \t]*:(?=[ \t\r\n]|$)[ \t]*([^\r\n]*)/gm
/** As Helm and people name them: `values.yaml`, `values-production.yaml`, `prod.values.yaml`. */
const VALUES_FILE = /(?:^|[/\\.])values(?:[._-][^/\\]*)?\.ya?ml$/i
const PICTURE = /\.(?:avif|gif|ico|jpe?g|png|svg|webp)$/i

function plain(value: string): string {
  const bare = value.replace(/(?:^|\s)#.*$/, '').replace(/,?\s*$/, '')
  return bare.replace(/^(?:[&!]\S+\s+)+/, '').replace(/^(["'])(.*)\1$/, '$2')
}

function mayBeImage(value: string): boolean {
  // A variable, an alias, or a text on the next lines.
  if (/[${]|^[*|>]/.test(value) && !/^\{\s*\w+\s*:|^\{\s*$|^\{\}$/.test(value)) return true
  return /[:/@]/.test(value) && !PICTURE.test(value) && isReference(value)
}

function isReference(text: string): boolean {
  try {
    parseReference(text)
    return true
  } catch {
    return false
  }
}
