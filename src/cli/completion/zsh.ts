import { everyCommand, quotedWord } from './every-command.ts'
import type { CommandNode, Completes, OptionNode } from './tree.ts'

/** Completion for zsh: source it, or save it as `_regfsck` in a directory of `fpath`. */
export function zshCompletion(program: CommandNode): string {
  return `#compdef regfsck
# Completion of regfsck for zsh: source <(regfsck completion zsh)

_regfsck_word_or_file() {
  if compset -P '*='; then _files; else compadd -- "$@"; fi
}

${everyCommand(program).map(functionOf).join('\n')}
if [[ $funcstack[1] == _regfsck ]]; then _regfsck "$@"; else compdef _regfsck regfsck; fi
`
}

function functionOf(command: CommandNode): string {
  const { commands, argument } = command
  const specs = command.options.flatMap(specsOf)
  if (commands.length === 0 && argument !== undefined)
    specs.push(quotedWord(`${argument.isVariadic ? '*' : '1'}: :${actionOf(argument.value)}`))
  if (commands.length === 0) return `${nameOf(command.path)}() {\n  _arguments -s -S${lines(specs)}\n}\n`
  const described = commands.map(({ name, description }) => quotedWord(`${name}:${description}`))
  const cases = commands.map(({ name, path }) => `        ${name}) ${nameOf(path)} ;;`)
  return `${nameOf(command.path)}() {
  local curcontext=$curcontext state line
  local -a commands=(${lines(described)}
  )
  _arguments -C${lines([...specs, "'1: :->command'", "'*:: :->rest'"])}
  case $state in
    command) _describe -t commands command commands ;;
    rest)
      case $line[1] in
${cases.join('\n')}
      esac
      ;;
  esac
}
`
}

function nameOf(path: string): string {
  return ['_regfsck', ...path.split(' ').filter((word) => word !== '')].join('_')
}

/** One spec for each name of the option. If the option is not repeatable, each name excludes the others. */
function specsOf({ short, long, description, value, isRepeatable }: OptionNode): string[] {
  const names = [short ?? [], long].flat()
  const before = isRepeatable ? '*' : names.length > 1 ? `(${names.join(' ')})` : ''
  const after = value === undefined ? '' : `:${long.slice(2)}:${actionOf(value)}`
  return names.map((name) => {
    const glue = value === undefined ? '' : name.startsWith('--') ? '=' : '+'
    return quotedWord(`${before}${name}${glue}[${description.replaceAll(/[[\]\\]/g, '\\$&')}]${after}`)
  })
}

function actionOf(value: Completes): string {
  switch (value.is) {
    case 'words':
      return `(${value.words.join(' ')})`
    case 'words-or-files':
      return ` _regfsck_word_or_file ${value.words.join(' ')}`
    case 'file':
      return '_files'
    case 'directory':
      return '_files -/'
    case 'anything':
      return ' '
  }
}

function lines(words: readonly string[]): string {
  return words.map((word) => ` \\\n    ${word}`).join('')
}
