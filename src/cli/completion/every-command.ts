import type { CommandNode } from './tree.ts'

/** A command and all below it, in the order of help. */
export function everyCommand(command: CommandNode): readonly CommandNode[] {
  return [command, ...command.commands.flatMap(everyCommand)]
}

/** A text as one word of a shell, whatever is in it. */
export function quotedWord(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
