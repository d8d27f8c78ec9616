/** A text with all variables replaced, or why it cannot be known, as the end of a sentence. */
export type Interpolated = { readonly text: string } | { readonly because: string }

/** The value of a variable; `undefined` is a variable that has none. */
export type Lookup = (name: string) => Interpolated | undefined

/** How deep variables may stand in each other's defaults. */
const DEEPEST = 32
/** The longest text that variables may make. Without a limit, forty lines of `.env` could double a text forty times. */
const LONGEST = 65_536

/**
 * Replaces the variables of a text: `$A`, `${A}`, `${A:-default}`, `${A-default}`, `${A:?error}`, `${A?error}`,
 * `${A:+replacement}`, `${A+replacement}`, one in another, and `$$`, which is a dollar sign.
 *
 * Where compose warns and goes on with an empty text, the text is unknown here: a variable without a value and default.
 *
 * @see compose specification, 12-interpolation.md; `:+` and `+` as in compose-go, template/template.go
 */
export function interpolate(template: string, lookup: Lookup): Interpolated {
  if (!template.includes('$')) return { text: template }
  const run = new Interpolation(lookup)
  const text = run.expand(template, 0)
  const because = run.problem ?? (run.unset.size > 0 ? withoutValue([...run.unset]) : undefined)
  return because === undefined ? { text } : { because }
}

class Interpolation {
  readonly unset = new Set<string>()
  readonly #lookup: Lookup
  #problem: string | undefined

  constructor(lookup: Lookup) {
    this.#lookup = lookup
  }

  /** The first thing that is wrong, other than a variable without a value. */
  get problem(): string | undefined {
    return this.#problem
  }

  expand(template: string, depth: number): string {
    if (depth > DEEPEST) return this.#refuse(`its variables are nested deeper than ${DEEPEST} levels`)
    let text = ''
    let at = 0
    for (const { index, 0: start } of template.matchAll(VARIABLE)) {
      if (index < at) continue
      text += template.slice(at, index)
      at = index + start.length
      if (start === '$$') text += '$'
      else if (start !== '${') text += this.#valueOf(start.slice(1))
      else {
        const end = closingBrace(template, at)
        if (end === undefined) return this.#refuse(`${quoted(template.slice(index))} has no closing brace`)
        text += this.#braced(template.slice(at, end), depth)
        at = end + 1
      }
      if (text.length > LONGEST) return this.#refuse(`its variables make a text of more than ${LONGEST} characters`)
    }
    return text + template.slice(at)
  }

  #braced(body: string, depth: number): string {
    const { name, operator, word = '' } = BRACED.exec(body)?.groups ?? {}
    if (name === undefined) return this.#refuse(`${quoted(`\${${body}}`)} is not a variable ($$ is a dollar sign)`)
    if (operator === undefined) return this.#valueOf(name)
    const value = this.#lookup(name)
    if (value !== undefined && 'because' in value) return this.#refuse(value.because)
    const has = operator.startsWith(':') ? value !== undefined && value.text !== '' : value !== undefined
    if (operator.endsWith('+')) return has ? this.expand(word, depth + 1) : ''
    if (has) return value?.text ?? ''
    if (operator.endsWith('-')) return this.expand(word, depth + 1)
    return this.#refuse(withoutValue([name], word))
  }

  #valueOf(name: string): string {
    const value = this.#lookup(name)
    if (value === undefined) this.unset.add(name)
    else if ('because' in value) return this.#refuse(value.because)
    return value?.text ?? ''
  }

  #refuse(because: string): string {
    this.#problem ??= because
    return ''
  }
}

/** Where a variable may begin. A `$` before anything else is a dollar sign. */
const VARIABLE = /\$(?:\$|[_a-z][_a-z0-9]*|\{)/gi
/** What stands in the braces. */
const BRACED = /^(?<name>[_a-z][_a-z0-9]*)(?:(?<operator>:?[-+?])(?<word>.*))?$/is

/** @param from after the opening brace */
function closingBrace(template: string, from: number): number | undefined {
  let open = 1
  for (let at = from; at < template.length; at++) {
    if (template[at] === '{') open++
    if (template[at] === '}') open--
    if (open === 0) return at
  }
  return undefined
}

function withoutValue(names: readonly string[], error = ''): string {
  const which = names.length === 1 ? `the variable ${names.join()} has` : `the variables ${listed(names)} have`
  return `${which} no value${error === '' ? '' : ` (${quoted(error)})`}; set it in the environment, in .env or with --env-file`
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`
}

/** Characters of a text that a sentence quotes. */
const SHOWN = 80

function quoted(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text
}
