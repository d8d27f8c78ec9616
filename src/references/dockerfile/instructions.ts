import {
  Arg,
  Copy,
  type Dockerfile,
  DockerfileParser,
  type Flag,
  From,
  Onbuild,
  type Instruction as ParsedInstruction,
  Run,
} from 'dockerfile-ast'
import { Lines } from '../lines.ts'
import type { Place, SourceFile, Span } from '../reference.ts'

/** A piece of an instruction, with continued lines joined. */
export interface Piece {
  readonly text: string
  readonly place: Place
  /** Where it stands, if it stands there as it is. */
  readonly span?: Span
}

/** What an instruction says about images. Instructions that say nothing are left out. */
export type Instruction =
  | { readonly is: 'argument'; readonly name: string; readonly fallback: string | undefined }
  | {
      readonly is: 'stage'
      readonly image: Piece
      readonly platform: Piece | undefined
      /** Lower case: names of stages have no case. */
      readonly name: string | undefined
    }
  /** Files of another stage or of an image. `by` is what says so: `COPY --from`. */
  | { readonly is: 'files'; readonly from: Piece; readonly by: string; readonly isLater: boolean }
  | { readonly is: 'invalid'; readonly place: Place; readonly because: string }

/** A Dockerfile, as far as images go. */
export interface ParsedDockerfile {
  /** The image of `# syntax=`. */
  readonly syntax: Piece | undefined
  readonly escape: string
  readonly instructions: readonly Instruction[]
}

/** Reads a Dockerfile with `dockerfile-ast`. Nothing else knows that package. */
export function parseDockerfile(file: SourceFile): ParsedDockerfile {
  const dockerfile = DockerfileParser.parse(file.text)
  const pieces = new Pieces(file)
  return {
    syntax: syntaxOf(dockerfile, pieces),
    escape: dockerfile.getEscapeCharacter(),
    instructions: dockerfile.getInstructions().flatMap((instruction) => instructionsOf(instruction, pieces, false)),
  }
}

type Range = ReturnType<ParsedInstruction['getRange']>

/** Makes pieces of what the parser found. */
class Pieces {
  readonly #text: string
  readonly #lines: Lines

  constructor({ name, text }: SourceFile) {
    this.#text = text
    this.#lines = new Lines(name, text)
  }

  /** @param text as the parser joined it, or a part of it */
  of(range: Range, text: string): Piece {
    const [start, end] = [this.#offset(range.start), this.#offset(range.end)]
    const skipped = this.#text.slice(start, end).indexOf(text)
    const from = start + Math.max(skipped, 0)
    const piece = { text, place: this.#lines.at(from) }
    return skipped < 0 ? piece : { ...piece, span: { start: from, end: from + text.length } }
  }

  place({ start }: Range): Place {
    return this.#lines.at(this.#offset(start))
  }

  #offset({ line, character }: Range['start']): number {
    return this.#lines.offsetOf(line, character)
  }
}

/** @see Dockerfile reference, "syntax": the image of the builder's frontend, which is pulled too */
function syntaxOf(dockerfile: Dockerfile, pieces: Pieces): Piece | undefined {
  const directive = dockerfile.getDirectives().find((one) => one.getName().toLowerCase() === 'syntax')
  const [image] = directive?.getValue().trim().split(/\s+/) ?? []
  return directive === undefined || !image ? undefined : pieces.of(directive.getValueRange(), image)
}

/** @param isLater whether it runs only in builds that start from this image */
function instructionsOf(parsed: ParsedInstruction, pieces: Pieces, isLater: boolean): readonly Instruction[] {
  if (parsed instanceof Onbuild) {
    const trigger = parsed.getTriggerInstruction()
    return trigger === null || isLater ? [] : instructionsOf(trigger, pieces, true)
  }
  if (parsed instanceof From) return isLater ? [] : [stageOf(parsed, pieces)]
  if (parsed instanceof Arg) return isLater ? [] : argumentsOf(parsed)
  if (parsed instanceof Copy) return filesOf(parsed.getFlags(), 'from', 'COPY --from', pieces, isLater)
  if (parsed instanceof Run) return filesOf(parsed.getFlags(), 'mount', 'RUN --mount', pieces, isLater)
  if (KEYWORDS.has(parsed.getKeyword())) return []
  return [invalid(parsed, pieces, `${parsed.getInstruction()} is not an instruction of a Dockerfile`)]
}

/** @see Dockerfile reference, "FROM" */
function stageOf(parsed: From, pieces: Pieces): Instruction {
  const [image, as, name, ...rest] = parsed.getArguments()
  if (image === undefined) return invalid(parsed, pieces, 'FROM names no image')
  if (rest.length > 0 || (as !== undefined && (name === undefined || as.getValue().toUpperCase() !== 'AS')))
    return invalid(parsed, pieces, 'FROM must name an image, or an image AS a stage')
  const platform = parsed.getFlags().find((flag) => flag.getName() === 'platform')
  return {
    is: 'stage',
    image: pieces.of(image.getRange(), image.getValue()),
    platform: platform && pieceOf(platform, pieces),
    name: name?.getValue().toLowerCase(),
  }
}

/** @see Dockerfile reference, "ARG": one instruction can declare several */
function argumentsOf(parsed: Arg): readonly Instruction[] {
  const words = parsed.getArguments().map((argument) => argument.getValue())
  // The parser takes `ARG A B=1` for the old form of ENV, where the rest of the line is the value.
  if (words[0]?.includes('=') === false) return words.map(argumentOf)
  return parsed.getProperties().map((property) => ({
    is: 'argument',
    name: property.getName(),
    fallback: property.getUnescapedValue() ?? undefined,
  }))
}

function argumentOf(word: string): Instruction {
  const equals = word.indexOf('=')
  if (equals < 0) return { is: 'argument', name: word, fallback: undefined }
  return { is: 'argument', name: word.slice(0, equals), fallback: word.slice(equals + 1) }
}

/** @see Dockerfile reference, "COPY --from", "RUN --mount=type=bind" and "type=cache": both have `from` */
function filesOf(
  flags: readonly Flag[],
  name: 'from' | 'mount',
  by: string,
  pieces: Pieces,
  isLater: boolean,
): readonly Instruction[] {
  return flags
    .filter((flag) => flag.getName() === name)
    .map((flag) => (name === 'from' ? pieceOf(flag, pieces) : mountedFrom(flag, pieces)))
    .filter((from) => from !== undefined)
    .map((from) => ({ is: 'files', from, by, isLater }))
}

function pieceOf(flag: Flag, pieces: Pieces): Piece | undefined {
  const [value, range] = [flag.getValue(), flag.getValueRange()]
  return value === null || range === null || value === '' ? undefined : pieces.of(range, value)
}

/** The `from` of `type=bind,from=alpine:3,target=/x`, which is a line of CSV. */
function mountedFrom(flag: Flag, pieces: Pieces): Piece | undefined {
  const range = flag.getValueRange()
  const fields = (flag.getValue() ?? '').split(',').map((field) => field.replace(/^"(.*)"$/, '$1'))
  const field = fields.findLast((one) => /^from=./i.test(one))
  if (field === undefined || range === null) return undefined
  const { text, place, span } = pieces.of(range, field)
  const skipped = 'from='.length
  return {
    text: text.slice(skipped),
    place: { ...place, column: place.column + skipped },
    ...(span && { span: { start: span.start + skipped, end: span.end } }),
  }
}

function invalid(parsed: ParsedInstruction, pieces: Pieces, because: string): Instruction {
  return { is: 'invalid', place: pieces.place(parsed.getRange()), because }
}

/** The instructions that name no image. */
const KEYWORDS: ReadonlySet<string> = new Set([
  'ADD',
  'CMD',
  'ENTRYPOINT',
  'ENV',
  'EXPOSE',
  'HEALTHCHECK',
  'LABEL',
  'MAINTAINER',
  'SHELL',
  'STOPSIGNAL',
  'USER',
  'VOLUME',
  'WORKDIR',
])
