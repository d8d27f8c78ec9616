import { createHash } from 'node:crypto'
import { algorithmOf, type Digest, encodedOf } from '../../oci/digest.ts'
import { imageName } from '../../oci/image-name.ts'
import { MANIFEST_TYPES } from '../../oci/media-type.ts'
import type { RepairPlace } from './place.ts'
import { quote, quoteWithin } from './shell.ts'
import type { CheckStep, CopyStep, Proof, RepairStep } from './step.ts'

/**
 * One shell line that does a step. Lines share no variables except `REGISTRY`, `SOURCE`, `RESTART` and `QUARANTINE`, so
 * they can be pasted one by one, skipped, and run twice.
 */
export function commandOf(step: RepairStep, place: RepairPlace): string {
  const at = new Registry(place.url)
  switch (step.does) {
    case 'save': {
      const from = at.image(imageName(step.repository, step.tag))
      const into = `"$q"/${quote(`${step.repository}/${step.tag}`)}`
      return `( ${setQuarantine(place)}; [ -d ${into} ] || { mkdir -p ${into} && ${copy(from, at.tlsVerify, `"dir:$q"/${quote(`${step.repository}/${step.tag}`)}`)}; } )`
    }
    case 'quarantine':
      return quarantine(step.path, step.unless, place)
    case 'set-aside':
      return setAside(step, at, place)
    case 'restart':
      return `sh -c "$RESTART" && curl -sS -o /dev/null --retry 30 --retry-delay 1 --retry-connrefused "${at.url}/v2/"`
    case 'upload':
      return `${isThere(at, step.repository, step.digest)} || ( f=${quote(place.absolute(step.file))}; ${upload(at, step.repository, step.digest, hashes('"$f"', step.digest))} )`
    case 'fetch': {
      const from = `"$SOURCE/v2/${step.repository}/blobs/${step.digest}"`
      return `${isThere(at, step.repository, step.digest)} || ( f=$(mktemp) && curl -nfsSL -o "$f" ${from} && ${upload(at, step.repository, step.digest, hashes('"$f"', step.digest))}; s=$?; rm -f "$f"; exit $s )`
    }
    case 'push':
      return put(step, at.manifest(step.repository, step.digest), place)
    case 'tag':
      return `${isWhole(at, imageName(step.repository, step.tag))} || ${put(step, at.manifest(step.repository, step.tag), place)}`
    case 'copy':
      return copyFromSource(step, at)
    case 'pull': {
      const accept = step.kind === 'manifests' ? ` -H 'Accept: ${MANIFEST_TYPES.join(', ')}'` : ''
      return `curl -nfsSL -o /dev/null${accept} "${at.url}/v2/${step.repository}/${step.kind}/${step.reference}"`
    }
    case 'check':
      return checkCommand([step], place)
  }
}

/** One command that checks all of them, one a line, at the depth of the scan that found them damaged. */
export function checkCommand(steps: readonly CheckStep[], { url, depth }: Pick<RepairPlace, 'url' | 'depth'>): string {
  const at = new Registry(url)
  const images = steps.map(({ repository, tag }) => `"${at.url}/${imageName(repository, tag)}"`)
  return `regfsck check ${depth === 'content' ? '--depth content ' : ''}${images.length > 1 ? '\\\n  ' : ''}${images.join(' \\\n  ')}`
}

/**
 * A command that exits with 0 if an image is intact, and prints nothing.
 * @param reference `name:tag` or `name@digest`, or a variable of the shell that holds it
 */
export function isWholeCommand({ url }: Pick<RepairPlace, 'url'>, reference: string): string {
  return isWhole(new Registry(url), reference)
}

/** The registry in a command: its URL if it is known, otherwise a shell variable. */
export class Registry {
  /** Between double quotes. */
  readonly url: string
  readonly tlsVerify: string
  readonly #host: string

  constructor(url: string | undefined) {
    this.url = url === undefined ? '$REGISTRY' : quoteWithin(url.replace(/\/$/, ''))
    this.#host = url === undefined ? hostIn('REGISTRY') : this.url.replace(/^\w+:\/\//, '')
    this.tlsVerify = url === undefined ? tlsVerify('REGISTRY') : String(!url.startsWith('http:'))
  }

  /** @param reference `name:tag` or `name@digest` */
  image(reference: string): string {
    return `"docker://${this.#host}/${reference}"`
  }

  manifest(repository: string, reference: string): string {
    return `"${this.url}/v2/${repository}/manifests/${reference}"`
  }
}

/** What stands after the scheme. */
function hostIn(variable: string): string {
  return `\${${variable}#*://}`
}

function tlsVerify(variable: string): string {
  return `"$(case $${variable} in http:*) echo false ;; *) echo true ;; esac)"`
}

function copy(from: string, fromTls: string, to: string, toTls?: string): string {
  const destination = toTls === undefined ? '' : ` --dest-tls-verify=${toTls}`
  return `skopeo copy --all --preserve-digests --src-tls-verify=${fromTls}${destination} ${from} ${to}`
}

/** Copies by digest if it is known: the tag may name another image in the source by now. */
function copyFromSource({ repository, tag, digest }: CopyStep, at: Registry): string {
  const from = `"docker://${hostIn('SOURCE')}/${imageName(repository, digest ?? tag ?? '')}"`
  const to = imageName(repository, tag ?? digest ?? '')
  return `${isWhole(at, to)} || ${copy(from, tlsVerify('SOURCE'), at.image(to), at.tlsVerify)}`
}

/** No delay before the second look: copying an image that is intact again does no harm. */
function isWhole(at: Registry, reference: string): string {
  return `regfsck check --recheck-delay 0 "${at.url}/${reference}" >/dev/null 2>&1`
}

function isThere(at: Registry, repository: string, digest: Digest): string {
  return `curl -nfsI -o /dev/null "${at.url}/v2/${repository}/blobs/${digest}"`
}

function put(
  { digest, file, mediaType }: Extract<RepairStep, { does: 'push' | 'tag' }>,
  url: string,
  { absolute }: RepairPlace,
): string {
  return `( f=${quote(absolute(file))}; ${hashes('"$f"', digest)} && curl -nfsS -o /dev/null -H ${quote(`Content-Type: ${mediaType}`)} -T "$f" ${url} )`
}

/**
 * Uploads the file in `$f`.
 * @param digest may be a variable of the shell
 * @param isRight a command that exits with 0 if the file matches the digest
 */
export function upload(at: Registry, repository: string, digest: string, isRight: string): string {
  const begin = `l=$(curl -nfsS -o /dev/null -D - -d '' "${at.url}/v2/${repository}/blobs/uploads/" | tr -d '\\r' | sed -n 's/^[Ll]ocation: //p')`
  const whole = `case $l in /*) l=$(echo "${at.url}" | sed 's,^\\([a-z]*://[^/]*\\).*,\\1,')$l ;; esac`
  const query = `case $l in *\\?*) l="$l&digest=${digest}" ;; *) l="$l?digest=${digest}" ;; esac`
  return `${isRight} && ${begin} && { ${whole}; ${query}; curl -nfsS -o /dev/null -T "$f" "$l"; }`
}

/** @param file as a word of the shell */
function hashes(file: string, digest: Digest): string {
  return `[ "$(${algorithmOf(digest)}sum <${file} 2>/dev/null)" = '${encodedOf(digest)}  -' ]`
}

function quarantine(path: string, unless: Proof, place: RepairPlace): string {
  return `( f=${quote(place.absolute(path))}; ${setQuarantine(place)}; [ ! -e "$f" ] || ${mayStay(unless, place)} || { ${moveAway(path, unless)}; } )`
}

/** It is no failure if the file stays: it only blocks a garbage collection. */
function setAside(
  { path, unless, repository, needers }: Extract<RepairStep, { does: 'set-aside' }>,
  at: Registry,
  place: RepairPlace,
): string {
  const areWhole = needers.map((needer) => isWhole(at, imageName(repository, needer))).join(' && ')
  const left = `echo 'Left in place: what may need it is not intact. Scan again before a garbage collection.' >&2`
  return `( f=${quote(place.absolute(path))}; ${setQuarantine(place)}; [ ! -e "$f" ] || ${mayStay(unless, place)} || if ${areWhole}; then ${moveAway(path, unless)}; else ${left}; fi )`
}

/** Moves `$f` to the directory in `$q`, and records where it came from. */
function moveAway(path: string, unless: Proof): string {
  const name = `${createHash('sha256').update(path).digest('hex').slice(0, 12)}-${kindOf(unless)}`
  return `n=$(date -u +%Y%m%dT%H%M%SZ)-${name}; mkdir -p "$q" && mv "$f" "$q/$n" && printf '%s\\t%s\\n' "$n" "$f" >>"$q/MANIFEST.tsv"`
}

/** Sets `q`. Does not use `${QUARANTINE:-…}`, because shells disagree about quotes inside it. */
function setQuarantine({ quarantine: directory }: RepairPlace): string {
  return `q=\${QUARANTINE:-}; [ -n "$q" ] || q=${quote(directory ?? './quarantine')}`
}

/** A command that exits with 0 if the file in `$f` may stay. */
function mayStay(proof: Proof, { absolute }: RepairPlace): string {
  switch (proof.is) {
    case 'bytes':
      return hashes('"$f"', proof.digest)
    case 'link':
      return `[ "$(cat "$f" 2>/dev/null; echo .)" = '${proof.digest}.' ]`
    case 'target':
      return `[ -f ${quote(absolute(proof.path))} ]`
    case 'alias': {
      const stored = `${quote(absolute(proof.blobs))}/sha256/"$(printf %.2s "\${h#sha256:}")/\${h#sha256:}/data"`
      return `( h=$(cat "$f" 2>/dev/null; echo .); h=\${h%.}; ${hashes(stored, proof.digest)} )`
    }
    case 'file':
      return '[ -f "$f" ]'
    case 'directory':
      return '[ -d "$f" ]'
  }
}

function kindOf(proof: Proof): string {
  switch (proof.is) {
    case 'bytes':
      return 'data'
    case 'link':
    case 'alias':
    case 'target':
      return 'link'
    case 'file':
      return 'directory'
    case 'directory':
      return 'file'
  }
}
