import type { Answer, KeptAt } from '../../check/reach/answers.ts'
import type { Kept, Root, Step } from '../../check/reach/reach-records.ts'
import { imageName } from '../../oci/image-name.ts'
import { harmless } from '../escape.ts'
import type { Write } from '../report.ts'
import { count, some } from '../text/counts.ts'
import type { ReachOutput } from './reach-output.ts'

/** Roots, and places of one, that a line names; the JSON output has all. */
const MOST_ROOTS = 3
const MOST_USES = 2

/** A line for each digest that was asked for: `kept`, `free` or `unknown`, the line as it was asked, and why. */
export function answerLines(write: Write): ReachOutput {
  return {
    target: () => undefined,
    take: () => undefined,
    end({ answers = [] }) {
      for (const { asked, answer } of answers) {
        const why = whyText(answer)
        write(`${answer.is.padEnd(WIDEST)}  ${harmless(asked.text)}${why === '' ? '' : `  ${harmless(why)}`}\n`)
      }
    },
  }
}

const WIDEST = 'unknown'.length

/** How many there are of each, as a sentence. */
export function sumText(answers: readonly { readonly answer: Answer }[]): string {
  const by = (is: Answer['is']): number => answers.filter(({ answer }) => answer.is === is).length
  const [kept, unknown] = [by('kept'), by('unknown')]
  return `${count(answers.length, 'digest')} asked for: ${kept} kept, ${by('free')} free, ${unknown} unknown`
}

function whyText(answer: Answer): string {
  switch (answer.is) {
    case 'free':
      return ''
    case 'unknown':
      return answer.because
    case 'kept': {
      const [first, ...others] = answer.at
      const more = others.length === 0 ? '' : `; also in ${some([...new Set(others.map(placeOf))], MOST_ROOTS)}`
      return first === undefined ? '' : `${keptText(first)}${more}`
    }
  }
}

function placeOf({ repository }: KeptAt): string {
  return repository
}

/** `layer of sha256:…, child of sha256:…, tag app:v1, tag app:v2`. */
function keptText({ repository, kept }: KeptAt): string {
  return [
    ...wayOf(kept).map(stepText),
    some(
      kept.roots.map((root) => rootText(repository, root)),
      MOST_ROOTS,
    ),
  ].join(', ')
}

function wayOf({ way }: Kept): readonly Step[] {
  return way
}

function stepText({ relation, of }: Step): string {
  return `${relation} of ${of}`
}

function rootText(repository: string, root: Root): string {
  if (root.is === 'tag') return `tag ${imageName(repository, root.tag)}`
  const uses = root.uses.map(({ file, line, by }) => `${by} (${file}:${line})`)
  return `${some(uses, MOST_USES)} needs ${root.image}`
}
