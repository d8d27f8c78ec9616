import { describe, expect, it } from 'vitest'
import { readDotenv } from '../../../src/references/compose/variables/dotenv.ts'
import type { Interpolated } from '../../../src/references/compose/variables/interpolate.ts'

function read(text: string, outside: Readonly<Record<string, string>> = {}) {
  const variables = new Map<string, Interpolated>()
  const lookup = (name: string) => (outside[name] === undefined ? undefined : { text: outside[name] })
  const problem = readDotenv(text, lookup, variables)
  const values = Object.fromEntries([...variables].map(([name, value]) => [name, 'text' in value ? value.text : value]))
  return problem === undefined ? values : { values, problem }
}

/** Lines of an environment file, with the rule of 05-services.md, "Env_file format", in the compose specification. */
const CASES: readonly (readonly [rule: string, text: string, values: Record<string, string>])[] = [
  ['Lines beginning with # are processed as comments', '# A=1\n  # B=2\nC=3', { C: '3' }],
  ['Blank lines are ignored', '\n\r\n \t\nA=1\n\n', { A: '1' }],
  ['VAR=VAL', 'A=1\nB=x=y', { A: '1', B: 'x=y' }],
  ['VAR="VAL"', 'A="1 2"', { A: '1 2' }],
  ["VAR='VAL'", "A='1 2'", { A: '1 2' }],
  ['Inline comments for unquoted values must be preceded with a space', 'A=1 # one', { A: '1' }],
  ['VAR=VAL# not a comment', 'A=1# one', { A: '1# one' }],
  ['VAR="VAL # not a comment"', 'A="1 # one"', { A: '1 # one' }],
  ['VAR="VAL" # comment', 'A="1" # one\nB=\'2\' # two\nC=3', { A: '1', B: '2', C: '3' }],
  ['Unquoted and double-quoted values have interpolation', 'T=1\nA=x:$T\nB="y:${T}"', { T: '1', A: 'x:1', B: 'y:1' }],
  ["Single-quoted (') values are used literally", "T=1\nA='$T'\nB='${T}'", { T: '1', A: '$T', B: '${T}' }],
  ["Quotes can be escaped with \\: VAR='Let\\'s go!'", "A='Let\\'s go!'", { A: "Let's go!" }],
  ['VAR="{\\"hello\\": \\"json\\"}"', 'A="{\\"hello\\": \\"json\\"}"', { A: '{"hello": "json"}' }],
  ['Common shell escape sequences in double-quoted values', 'A="a\\tb\\n\\\\c\\$T"', { A: 'a\tb\n\\c$T' }],
  ["VAR='some\\tvalue'", "A='some\\tvalue'", { A: 'some\\tvalue' }],
  ['VAR=some\\tvalue', 'A=some\\tvalue', { A: 'some\\tvalue' }],
  ['VAL may be omitted: an empty string', 'A=\nB=2', { A: '', B: '2' }],
  ['=VAL may be omitted: the variable is unset', 'A\nB=2', { B: '2' }],
  ['compose-go, parser.go: export', 'export A=1\nexport\tB="2"\nexported=3', { A: '1', B: '2', exported: '3' }],
  ['compose-go, parser.go: a colon, as in YAML', 'A: 1\nB: "x:y"', { A: '1', B: 'x:y' }],
  ['compose-go, parser.go: white space around the name and the value', '  A =  1  \n\tB=2\t', { A: '1', B: '2' }],
  ['compose-go, parser.go: a value of several lines', 'A="one\ntwo"\nB=2', { A: 'one\ntwo', B: '2' }],
  ['compose-go, parser.go: octal escapes', 'A="\\0123\\x07"', { A: 'S\\x07' }],
  ['compose-go, parser.go: the last line wins', 'A=1\nA=2', { A: '2' }],
  ['Windows line ends', 'A=1\r\nB="2"\r\nC=\r\nD\r\n', { A: '1', B: '2', C: '' }],
  ['an empty file', '', {}],
]

describe('an environment file', () => {
  it.each(CASES)('%s', (_rule, text, values) => {
    expect(read(text)).toEqual(values)
  })

  it('lets what is set outside win in its own lines', () => {
    expect(read('T=1\nA=x:$T\nB\n', { T: '2', B: '3' })).toEqual({ T: '1', A: 'x:2', B: '3' })
  })

  it('has unknown values where a variable has none, and only there', () => {
    expect(read('A=x:$T\nB=${T:-1}')).toEqual({
      A: { because: 'the variable T has no value; set it in the environment, in .env or with --env-file' },
      B: '1',
    })
  })

  it.each([
    ['a line without a name', 'A=1\nlol$wut\nB=2', { at: 4, because: 'not a line of the form NAME=VALUE' }],
    ['a name with a space', 'A B=1', { at: 0, because: 'the name of a variable contains a space' }],
    [
      'a quotation mark that is not closed',
      'A=1\nB="2\nC=3\n',
      { at: 4, because: 'the quotation mark " is not closed' },
    ],
    ['binary content', '\u0000\u0001\u0002', { at: 0, because: expect.stringContaining('not a line of the form') }],
  ])('is refused where it is wrong: %s', (_what, text, problem) => {
    expect(read(text)).toMatchObject({ problem })
  })
})
