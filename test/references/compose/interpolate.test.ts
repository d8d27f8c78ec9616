import { describe, expect, it } from 'vitest'
import { type Interpolated, interpolate } from '../../../src/references/compose/variables/interpolate.ts'

/** `BROKEN` is a variable whose own value cannot be known. */
const VARIABLES: Readonly<Record<string, Interpolated>> = {
  TAG: { text: '1.4' },
  EMPTY: { text: '' },
  OTHER: { text: 'other' },
  lower_1: { text: 'low' },
  BROKEN: { because: 'the variable HOST has no value; set it' },
}

const read = (text: string) =>
  interpolate(text, (name) => (Object.hasOwn(VARIABLES, name) ? VARIABLES[name] : undefined))

/** What compose would write, with the clause of 12-interpolation.md in the compose specification that says so. */
const CASES: readonly (readonly [clause: string, text: string, result: string])[] = [
  ['Both $VARIABLE and ${VARIABLE} syntax is supported', 'app:$TAG', 'app:1.4'],
  ['Both $VARIABLE and ${VARIABLE} syntax is supported', 'app:${TAG}', 'app:1.4'],
  ['an alphanumeric name ([_a-z][_a-z0-9]*): it ends at any other character', 'app:$TAG-$lower_1.x', 'app:1.4-low.x'],
  ['${VARIABLE:-default} evaluates to default if VARIABLE is unset', 'app:${NONE:-2}', 'app:2'],
  ['${VARIABLE:-default} … or empty in the environment', 'app:${EMPTY:-2}', 'app:2'],
  ['${VARIABLE:-default}, the variable is set', 'app:${TAG:-2}', 'app:1.4'],
  ['${VARIABLE-default} evaluates to default only if VARIABLE is unset', 'app:${NONE-2}', 'app:2'],
  ['${VARIABLE-default} … only: it is empty', 'app:${EMPTY-2}', 'app:'],
  ['${VARIABLE-default}, the default is empty', 'app${NONE-}', 'app'],
  ['${VARIABLE:?err}, the variable is set', 'app:${TAG:?say which}', 'app:1.4'],
  ['${VARIABLE?err} … only if VARIABLE is unset: it is empty', 'app:1${EMPTY?say which}', 'app:1'],
  ['Interpolation can also be nested: ${VARIABLE:-${FOO}}', 'app:${NONE:-${TAG}}', 'app:1.4'],
  ['Interpolation can also be nested: ${VARIABLE:-${FOO:-default}}', 'app:${NONE:-${NO:-3}}', 'app:3'],
  ['nested, several in one default', '${NONE:-${NO:-a}/${TAG}-$OTHER}:1', 'a/1.4-other:1'],
  ['nested, in the braces of the default', '${NONE:-{x}}', '{x}'],
  ['nested: a default that is not used may name what has no value', '${TAG:-${NONE}}', '1.4'],
  ['You can use a $$ (double-dollar sign): a literal dollar sign', 'app:$$TAG', 'app:$TAG'],
  ['a $$ … prevents Compose from interpolating a value', 'app:$${TAG}', 'app:${TAG}'],
  ['$$ in a default', '${NONE:-$$TAG}', '$TAG'],
  ['In other circumstances, it will be preserved', 'a $ b $1 c$', 'a $ b $1 c$'],
  ['the first operator decides', '${NONE-a:-b?c}', 'a:-b?c'],
  ['names may be in upper and lower case', '${lower_1}', 'low'],
  ['compose-go, template.go: ${VARIABLE:+replacement}, set and not empty', 'app${TAG:+-slim}', 'app-slim'],
  ['compose-go, template.go: ${VARIABLE:+replacement}, empty', 'app${EMPTY:+-slim}', 'app'],
  ['compose-go, template.go: ${VARIABLE:+replacement}, unset', 'app${NONE:+-slim}', 'app'],
  ['compose-go, template.go: ${VARIABLE+replacement}, empty', 'app${EMPTY+-slim}', 'app-slim'],
  ['compose-go, template.go: ${VARIABLE+replacement}, unset', 'app${NONE+-slim}', 'app'],
  ['compose-go, template.go: a replacement with a variable', 'app${TAG:+:$TAG}', 'app:1.4'],
]

/** Where compose stops, or goes on with an empty text: here the text is unknown. */
const UNKNOWN: readonly (readonly [clause: string, text: string, because: string])[] = [
  [
    "If Compose can't resolve a substituted variable and no default value is defined, … an empty string",
    'app:${NONE}',
    'the variable NONE has no value; set it in the environment, in .env or with --env-file',
  ],
  ['the same without braces', 'app:$NONE', 'the variable NONE has no value; set it'],
  ['several variables', '$HOST/$NAME:${NONE}', 'the variables HOST, NAME and NONE have no value; set'],
  ['the same variable twice', '$HOST/$HOST', 'the variable HOST has no value;'],
  ['in a default that is used', 'app:${NONE:-$HOST}', 'the variable HOST has no value;'],
  [
    '${VARIABLE:?err} exits with an error message containing err if VARIABLE is unset',
    'app:${NONE:?say which}',
    'the variable NONE has no value (say which); set it',
  ],
  [
    '${VARIABLE:?err} … or empty in the environment',
    'app:${EMPTY:?say which}',
    'the variable EMPTY has no value (say which)',
  ],
  ['${VARIABLE?err} … only if VARIABLE is unset', 'app:${NONE?}', 'the variable NONE has no value;'],
  ['${VARIABLE/foo/bar} … not supported by Compose', 'app:${TAG/1/2}', '${TAG/1/2} is not a variable'],
  ['a braced string starting with ${ must be a valid variable definition', 'app:${}', '${} is not a variable'],
  ['… a name must not begin with a digit', 'app:${1TAG}', '${1TAG} is not a variable'],
  ['… nor contain a space', 'app:${TAG }', '${TAG } is not a variable'],
  ['… the brace must be closed', 'app:${TAG', '${TAG has no closing brace'],
  ['a variable whose own value is unknown', 'app:$BROKEN', 'the variable HOST has no value; set it'],
  [
    '… also where it has a default, because it is not empty',
    'app:${BROKEN:-1}',
    'the variable HOST has no value; set it',
  ],
]

describe('a text with variables, by the compose specification', () => {
  it.each(CASES)('%s: %s', (_clause, text, result) => {
    expect(read(text)).toEqual({ text: result })
  })

  it.each(UNKNOWN)('%s: %s', (_clause, text, because) => {
    expect(read(text)).toEqual({ because: expect.stringContaining(because) })
  })
})

describe('a text that is made to be large', () => {
  it('is unknown if it grows too long', () => {
    const doubled = (name: string): Interpolated | undefined => {
      const level = Number(name.slice(1))
      return level === 0 ? { text: 'xx' } : interpolate(`$A${level - 1}$A${level - 1}`, doubled)
    }
    expect(interpolate('$A5', doubled)).toEqual({ text: 'x'.repeat(64) })
    expect(interpolate('$A18', doubled)).toEqual({ because: expect.stringContaining('more than 65536 characters') })
  })

  it('is unknown if its variables are nested too deep', () => {
    const nested = (levels: number) => `${'${NONE:-'.repeat(levels)}x${'}'.repeat(levels)}`
    expect(read(nested(32))).toEqual({ text: 'x' })
    expect(read(nested(5000))).toEqual({ because: expect.stringContaining('deeper than 32 levels') })
  })
})
