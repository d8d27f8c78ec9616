import { everyCommand, quotedWord } from './every-command.ts'
import type { CommandNode, Completes } from './tree.ts'

/**
 * Completion for bash 3.2 and newer. It needs no other package.
 *
 * Words that begin with a dash complete to options, all others to commands or arguments.
 */
export function bashCompletion(program: CommandNode): string {
  const commands = everyCommand(program)
  const groups = commands.filter((each) => each.commands.length > 0 && each.path !== '').map(({ path }) => path)
  return `# Completion of regfsck for bash: source <(regfsck completion bash)
# shellcheck shell=bash

# What may follow: $1 is a command's path, $2 an option, or what else is asked for.
_regfsck_after() {
  kind=anything
  list=''
  case "$1:$2" in
${commands.flatMap(casesOf).join('\n')}
    *) kind=none ;;
  esac
}

_regfsck() {
  local cur piece i path='' sub='' dashes='' kind list prefix='' tail
  local words=()
  COMPREPLY=()
  # By default bash cuts words at "=". They are put together again.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    piece=\${COMP_WORDS[i]}
    if ((\${#words[@]} > 1)) && [[ $piece == '='* || \${words[\${#words[@]} - 1]} == *= ]]; then
      words[\${#words[@]} - 1]+=$piece
    else
      words+=("$piece")
    fi
  done
  cur=\${words[\${#words[@]} - 1]}
  for ((i = 1; i < \${#words[@]} - 1; i++)); do
    piece=\${words[i]}
    if [[ $piece == -- ]]; then
      dashes=yes
    elif [[ $piece == -* || -n $dashes ]]; then
      :
    elif [[ -z $path ]]; then
      path=$piece
    elif [[ -z $sub && " ${groups.join(' ')} " == *" $path "* ]]; then
      sub=$piece
    fi
  done
  path="$path\${sub:+ $sub}"
  piece=\${words[\${#words[@]} - 2]}
  tail=$cur
  if [[ -z $dashes && $cur == --*=* ]]; then
    _regfsck_after "$path" "\${cur%%=*}"
    tail=\${cur#*=}
  elif [[ -z $dashes && $piece == -* ]]; then
    _regfsck_after "$path" "$piece"
  else
    kind=none
  fi
  if [[ $kind == none ]]; then
    if [[ -z $dashes && $cur == -* ]]; then
      _regfsck_after "$path" options
    else
      _regfsck_after "$path" argument
    fi
  fi
  if [[ $kind == words-or-files && $tail == *=* ]]; then
    kind='file'
    tail=\${tail#*=}
  fi
  # What stands before the last "=" is not replaced, unless the user has told bash not to cut there.
  [[ $COMP_WORDBREAKS == *=* ]] || prefix=\${cur%"$tail"}
  case $kind in
    words | words-or-files) _regfsck_reply "$prefix" -W "$list" -- "$tail" ;;
    file) _regfsck_reply "$prefix" -f -- "$tail" ;;
    directory) _regfsck_reply "$prefix" -d -- "$tail" ;;
  esac
  if [[ $kind == file || $kind == directory ]]; then compopt -o filenames 2>/dev/null; fi
  return 0
}

_regfsck_reply() {
  local prefix=$1 word
  shift
  while IFS= read -r word; do
    COMPREPLY+=("$prefix$word")
  done < <(compgen "$@")
}

complete -F _regfsck regfsck
`
}

/** Cases for the values of its options, for the names of its options, and for its arguments. */
function casesOf({ path, commands, options, argument }: CommandNode): readonly string[] {
  const values = options.flatMap(({ short, long, value }) =>
    value === undefined
      ? []
      : caseOf(
          [long, short ?? []].flat().map((name) => `${path}:${name}`),
          value,
        ),
  )
  const names = options.flatMap(({ short, long }) => [short ?? [], long].flat())
  const following: Completes =
    commands.length > 0
      ? { is: 'words', words: commands.map(({ name }) => name) }
      : (argument?.value ?? { is: 'anything' })
  return [
    ...values,
    caseOf([`${path}:options`], { is: 'words', words: names }),
    caseOf([`${path}:argument`], following),
  ]
}

function caseOf(keys: readonly string[], value: Completes): string {
  const list = 'words' in value ? ` list=${quotedWord(value.words.join(' '))}` : ''
  const what = value.is === 'anything' ? ':' : `kind='${value.is}'${list}`
  return `    ${keys.map(quotedWord).join(' | ')}) ${what} ;;`
}
