/** The known word that somebody may have meant, if one is near. Capitals do not count. */
function nearest(word: string, known: readonly string[]): string | undefined {
  const written = word.toLowerCase()
  const [best] = known
    .map((candidate) => ({ candidate, far: distance(written, candidate.toLowerCase()) }))
    .filter(({ candidate, far }) => isNear(far, written.length, candidate.length))
    .sort((a, b) => a.far - b.far || (a.candidate < b.candidate ? -1 : 1))
  return best?.candidate ?? beginning(written, known)
}

/** Half of a word may not be guessed: `4` is not `3`, and `xml` is not `html`. */
function isNear(far: number, length: number, other: number): boolean {
  return far <= Math.max(2, Math.floor(length / 3)) && far * 2 < Math.max(length, other)
}

/** `repo` may be `repositories`, and `warning` may be `warn`: the shortest that begins so, or that it begins with. */
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

/** What stands at the end of a sentence about a word that is not known: empty where none is near. */
export function didYouMean(word: string, known: readonly string[], prefix = ''): string {
  const meant = nearest(word, known)
  return meant === undefined ? '' : `; did you mean ${prefix}${meant}?`
}

/** Insertions, deletions, replacements, and letters that changed places: how many make one word of the other. */
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
