import { Collected } from '../collected.ts'
import type { ReferencesRead, SourceFile } from '../reference.ts'
import { GlobalArguments } from './arguments.ts'
import { type Expanded, expand } from './expand.ts'
import { type Instruction, type ParsedDockerfile, type Piece, parseDockerfile } from './instructions.ts'
import { Stages } from './stages.ts'

/** How a Dockerfile is built. */
export interface DockerfileOptions {
  /** What `--build-arg` gives. */
  readonly buildArgs: ReadonlyMap<string, string>
}

/**
 * Reads the images that a build pulls: those of FROM, `COPY --from` and `RUN --mount=from=`, and the builder's frontend.
 * Stages and `scratch` are not pulled.
 *
 * @see Dockerfile reference, "FROM", "COPY --from", "RUN --mount", "ONBUILD", "Parser directives"
 */
export function readDockerfile(file: SourceFile, { buildArgs }: DockerfileOptions): ReferencesRead {
  if (file.text.length > LONGEST) return unreadable(file, 'it is longer than 1 MiB, too long for a Dockerfile')
  const parsed = parseDockerfile(file)
  const reader = new Reader(parsed, buildArgs)
  for (const instruction of parsed.instructions) reader.read(instruction)
  return reader.finish(file)
}

/** In UTF-16 units. The parser needs some seconds for this. */
const LONGEST = 2 ** 20

function unreadable({ name }: SourceFile, because: string): ReferencesRead {
  return { images: [], unknown: [], unreadable: [{ place: { file: name, line: 1, column: 1 }, because }] }
}

type Files = Extract<Instruction, { is: 'files' }>
type Stage = Extract<Instruction, { is: 'stage' }>

class Reader {
  readonly #found = new Collected()
  readonly #stages = new Stages()
  readonly #arguments: GlobalArguments
  readonly #escape: string
  /** What can be told only when all stages are known. */
  readonly #later: (() => void)[] = []

  constructor(parsed: ParsedDockerfile, buildArgs: ReadonlyMap<string, string>) {
    const { syntax } = parsed
    this.#escape = parsed.escape
    this.#arguments = new GlobalArguments(buildArgs, parsed.escape)
    // The builder takes the frontend that this argument names in place of the one in the file.
    const syntaxImage = buildArgs.get('BUILDKIT_SYNTAX') ?? syntax?.text
    if (syntax !== undefined && syntaxImage) this.#add(syntax, syntaxImage, 'syntax line (build only)')
  }

  read(instruction: Instruction): void {
    switch (instruction.is) {
      case 'argument':
        // Arguments of a stage count in no image's name.
        if (this.#stages.count === 0) this.#arguments.declare(instruction.name, instruction.fallback)
        return
      case 'stage':
        this.#readStage(instruction)
        return
      case 'files':
        this.#readFiles(instruction)
        return
      case 'invalid':
        this.#found.unreadable.push({ place: instruction.place, because: instruction.because })
    }
  }

  finish(file: SourceFile): ReferencesRead {
    for (const finish of this.#later) finish()
    if (this.#stages.count === 0 && this.#found.unreadable.length === 0)
      return unreadable(file, 'it is not a Dockerfile: it has no FROM')
    return this.#found
  }

  #readStage({ image, platform, name }: Stage): void {
    const expanded = this.#expanded(image)
    const base = this.#stages.add(name, expanded.is === 'known' ? expanded.text : undefined)
    const stage = this.#stages.count - 1
    if (base !== undefined) return
    this.#later.push(() => {
      const use = this.#stages.isInImage(stage) ? 'final image' : 'build only'
      const usedBy = `${this.#stages.label(stage)} (${use})`
      this.#addExpanded(image, expanded, usedBy, platform && this.#platformOf(platform, usedBy))
    })
  }

  /** The platform that a stage asks for; nothing if it is that of the builder or of the target. */
  #platformOf(platform: Piece, usedBy: string): string | undefined {
    const expanded = this.#expanded(platform)
    if (expanded.is === 'known') return expanded.text === '' ? undefined : expanded.text
    if (expanded.is !== 'set by the builder') this.#addUnknown(platform, `its platform: ${expanded.because}`, usedBy)
    return undefined
  }

  /** @see Dockerfile reference, "COPY --from": a stage's name or number, else an image. Variables are not replaced. */
  #readFiles({ from, by, isLater }: Files): void {
    const stage = Math.max(this.#stages.count - 1, 0)
    this.#later.push(() => {
      const usedBy = `${this.#stages.label(stage)}, ${isLater ? `ONBUILD ${by} (later builds)` : `${by} (build only)`}`
      if (/\$./.test(from.text)) this.#addUnknown(from, `${by} replaces no variables`, usedBy)
      else if (/^\d+$/.test(from.text)) this.#checkNumber(from, usedBy, isLater)
      else if (isLater && /^[a-z][a-z0-9_.-]*$/i.test(from.text))
        this.#addUnknown(from, 'it can be a stage of the Dockerfile that builds on this image', usedBy)
      else if (this.#stages.named(from.text) === undefined) this.#add(from, from.text, usedBy)
    })
  }

  #checkNumber(from: Piece, usedBy: string, isLater: boolean): void {
    if (!isLater && Number(from.text) >= this.#stages.count)
      this.#addUnknown(from, `there is no stage ${from.text}`, usedBy)
  }

  #expanded({ text }: Piece): Expanded {
    return expand(text, this.#escape, this.#arguments.lookup)
  }

  #addExpanded(piece: Piece, expanded: Expanded, usedBy: string, platform: string | undefined): void {
    if (expanded.is !== 'known') this.#addUnknown(piece, expanded.because, usedBy)
    else if (expanded.text === '') this.#addUnknown(piece, 'its name is empty', usedBy)
    else this.#add(piece, expanded.text, usedBy, platform)
  }

  #add({ text, place, span }: Piece, image: string, usedBy: string, platform?: string): void {
    if (image === 'scratch') return
    const unquoted = text === `"${image}"` || text === `'${image}'`
    const exact = text === image ? span : unquoted && span ? { start: span.start + 1, end: span.end - 1 } : undefined
    this.#found.images.push({ image, place, usedBy, ...(platform && { platform }), ...(exact && { span: exact }) })
  }

  #addUnknown({ text, place }: Piece, because: string, usedBy: string): void {
    this.#found.unknown.push({ text, place, usedBy, because })
  }
}
