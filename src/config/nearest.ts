/** The known word closest to a misspelt one, if any is close enough. Case is ignored. */
function nearest(word: string, known: readonly string[]): string | undefined {
  const written = word.toLowerCase()
  const [best] = known
    .map((candidate) => ({ candidate, far: distance(written, candidate.toLowerCase()) }))
    .filter(({ candidate, far }) => isNear(far, written.length, candidate.length))
    .sort((a, b) => a.far - b.far || (a.candidate < b.candidate ? -1 : 1))
  return best?.candidate ?? beginning(written, known)
}

/** Whether few enough letters differ: `3` is no suggestion for `4`, nor `html` for `xml`. */
function isNear(far: number, length: number, other: number): boolean {
  return far <= Math.max(2, Math.floor(length / 3)) && far * 2 < Math.max(length, other)
}

/** `repo` suggests `repositories`, and `warning` suggests `warn`: one is a prefix of the other, and the shortest wins. */
function beginning(written: string, known: readonly string[]): string | undefined {
  return known
    .filter((candidate) => {
      const other = candidate.toLowerCase()
      const shared = Math.min(other.length, written.length)
      return shared >= FEWEST_LETTERS && other.slice(0, shared) === written.slice(0, shared)
    })
    .sort((a, b) => a.length - b.length || (a < b ? -1 : 1))[0]
}

const FEWEST_LETTERS = 3

/** The end of a sentence about an unknown word; empty if no known word is close. */
export function didYouMean(word: string, known: readonly string[], prefix = ''): string {
  const meant = nearest(word, known)
  return meant === undefined ? '' : `; did you mean ${prefix}${meant}?`
}

/** The edit distance: insertions, deletions, replacements and transpositions. */
function distance(from: string, to: string): number {
  let above: readonly number[] = []
  let row = Array.from({ length: to.length + 1 }, (_, n) => n)
  for (let i = 0; i < from.length; i++) {
    const next = [i + 1]
    for (let j = 0; j < to.length; j++) {
      const least = Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (from[i] === to[j] ? 0 : 1))
      const isSwapped = i > 0 && j > 0 && from[i] === to[j - 1] && from[i - 1] === to[j]
      next.push(isSwapped ? Math.min(least, (above[j - 1] ?? 0) + 1) : least)
    }
    above = row
    row = next
  }
  return row.at(-1) ?? 0
}
