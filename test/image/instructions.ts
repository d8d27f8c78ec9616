/** One instruction of a Dockerfile, its continued lines joined. */
export interface Instruction {
  readonly word: string
  readonly rest: string
}

/** What a Dockerfile says, without comments. Heredocs and other escape characters are not known here. */
export function instructionsOf(text: string): readonly Instruction[] {
  const joined = text
    .split('\n')
    .filter((line) => !/^\s*(?:#|$)/.test(line))
    .join('\n')
    .replace(/\\\n\s*/g, '')
  return joined.split('\n').map((line) => {
    const [, word = '', rest = ''] = /^(\S+)\s*(.*)$/.exec(line) ?? []
    return { word, rest }
  })
}

/** The instructions of the stage that becomes the image: from the last FROM on. */
export function finalStage(all: readonly Instruction[]): readonly Instruction[] {
  return all.slice(all.findLastIndex(({ word }) => word === 'FROM'))
}
