import { everyCommand } from './every-command.ts'
import type { CommandNode, Completes, OptionNode } from './tree.ts'

/** Completion for fish 3.0 and newer. */
export function fishCompletion(program: CommandNode): string {
  const groups = everyCommand(program).filter(({ path, commands }) => path !== '' && commands.length > 0)
  return `# Completion of regfsck for fish: regfsck completion fish | source

function __regfsck_at --description 'Whether the words so far lead to this command'
    set -l path
    for word in (commandline -opc)[2..-1]
        string match -q -- '-*' $word; and continue
        if not set -q path[1]; or contains -- "$path" ${groups.map(({ path }) => quoted(path)).join(' ')}
            set -a path $word
        end
    end
    test "$path" = "$argv"
end

function __regfsck_word_or_file --description 'A word, or a file after its equals sign'
    set -l token (string replace -r -- '^--?[a-z-]+=' '' (commandline -ct))
    if string match -q -- '*=*' $token
        set -l parts (string split -m 1 = -- $token)
        printf '%s\\n' $parts[1]=(__fish_complete_path $parts[2])
    else
        printf '%s\\n' $argv
    end
end

complete -c regfsck -f
${everyCommand(program).flatMap(linesOf).join('\n')}
`
}

function linesOf({ path, commands, options, argument }: CommandNode): readonly string[] {
  const at = `complete -c regfsck -n ${quoted(`__regfsck_at ${path}`.trim())}`
  const following = argument === undefined ? undefined : argumentsFor(argument.value)
  return [
    ...commands.map(({ name, description }) => `${at} -a ${quoted(name)} -d ${quoted(description)}`),
    ...(following === undefined ? [] : [`${at} ${following}`]),
    ...options.map((option) => `${at} ${optionText(option)}`),
  ]
}

function optionText({ short, long, value, description }: OptionNode): string {
  const names = `${short === undefined ? '' : `-s ${short.slice(1)} `}-l ${long.slice(2)}`
  return `${names}${value === undefined ? '' : ` ${valueText(value)}`} -d ${quoted(description)}`
}

/** `-x` takes a value that is no file, `-r` with `-F` takes a file. */
function valueText(value: Completes): string {
  return value.is === 'file' ? '-r -F' : `-x${argumentsFor(value) === undefined ? '' : ` ${argumentsFor(value)}`}`
}

function argumentsFor(value: Completes): string | undefined {
  switch (value.is) {
    case 'words':
      return `-a ${quoted(value.words.join(' '))}`
    case 'words-or-files':
      return `-a ${quoted(`(__regfsck_word_or_file ${value.words.join(' ')})`)}`
    case 'file':
      return '-F'
    case 'directory':
      return `-a '(__fish_complete_directories)'`
    case 'anything':
      return undefined
  }
}

/** Fish also interprets backslashes between single quotes. */
function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&')}'`
}
