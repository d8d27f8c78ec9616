import { MANIFEST_TYPES } from '../../oci/media-type.ts'
import { Registry, upload } from './commands.ts'
import type { RepairPlace } from './place.ts'
import { quote } from './shell.ts'
import type { CopyStep } from './step.ts'

/**
 * Functions of the repair script that copy from `SOURCE` what skopeo does not copy unchanged: an index in an index, and an
 * index or layer that it would rewrite. They send the same bytes, the leaves first.
 *
 * If SOURCE lacks something that a manifest names, such as a foreign layer, the registry decides whether to accept it.
 */
export function byHand(place: Pick<RepairPlace, 'url'>): readonly string[] {
  const at = new Registry(place.url)
  const manifests = `${at.url}/v2/$1/manifests`
  return [
    '# REPOSITORY FROM TO: copy a manifest from SOURCE, after all that it names, where skopeo cannot.',
    'by_hand() (',
    '  f=$(mktemp) || exit 1',
    `  trap 'rm -f "$f"' EXIT`,
    `  t=$(curl -nfsSL -H 'Accept: ${MANIFEST_TYPES.join(', ')}' -o "$f" -w '%{content_type}' "$SOURCE/v2/$1/manifests/$2") || exit 1`,
    `  case $2 in *:*) [ "$("\${2%%:*}sum" <"$f")" = "\${2#*:}  -" ] || exit 1 ;; esac`,
    `  tr '"' '\\n' <"$f" | grep '^sha[0-9]*:[0-9a-f]*$' | sort -u | while read -r d; do`,
    `    curl -nfsI -o /dev/null "${at.url}/v2/$1/blobs/$d" || by_hand "$1" "$d" "$d" 2>/dev/null || blob_by_hand "$1" "$d"`,
    '  done',
    `  curl -nfsS -o /dev/null -H "Content-Type: $t" -T "$f" "${manifests}/$3"`,
    ')',
    'blob_by_hand() (',
    '  f=$(mktemp) || exit 1',
    `  trap 'rm -f "$f"' EXIT`,
    '  curl -nfsSL -o "$f" "$SOURCE/v2/$1/blobs/$2" 2>/dev/null || exit 1',
    `  ${upload(at, '$1', '$2', `[ "$("\${2%%:*}sum" <"$f")" = "\${2#*:}  -" ]`)}`,
    ')',
  ]
}

/** The call that does a step. */
export function callByHand({ repository, tag, digest }: CopyStep): string {
  return ['by_hand', repository, digest ?? tag ?? '', tag ?? digest ?? ''].map(quote).join(' ')
}
