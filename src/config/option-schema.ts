import * as z from 'zod'
import { ALLOWED_HOST, EXPECTED_HOST } from './allowed-host.ts'
import { DURATION, EXPECTED_DURATION } from './duration.ts'
import { externalUrlProblem } from './external-url.ts'
import { EXPECTED_LISTEN, LISTEN, parseListen } from './listen.ts'
import { mayHaveSpaces, type OptionEntry, type OptionGroup, type Place, plainText } from './options/entry.ts'
import { keysAt } from './options/table.ts'

/** The value of an option in a configuration file. */
export type Setting = string | number | boolean | readonly string[] | undefined

/** The keys for options that are allowed at a place. */
export function optionShape(place: Place, groups: readonly OptionGroup[]): Record<string, z.ZodType<Setting>> {
  const entries = Object.entries(keysAt(place, groups))
  return Object.fromEntries(
    entries.map(([key, option]) => {
      const description = descriptionOf(place === 'top' ? { ...option, ...option.differs?.serve } : option)
      return [key, schemaOf(option).optional().meta({ description })]
    }),
  )
}

function descriptionOf(
  option: Pick<OptionEntry, 'help' | 'is' | 'otherwise'> & { readonly default?: string | undefined },
): string {
  const { help, otherwise = option.default } = option
  const form = option.is === 'duration' ? '; such as 500ms, 3s, 1h30m or 7d; a plain number is seconds' : ''
  const usual = otherwise === undefined || otherwise === 'none' ? '' : `; default ${otherwise}`
  return plainText(`${help}${form}${usual}`)
}

const word = z.string().regex(/^\S+$/, { error: 'expected a word without spaces' })
const path = z.string().min(1, { error: 'expected a path' })
const NO_DURATION = { error: EXPECTED_DURATION }
const NO_LISTEN = { error: EXPECTED_LISTEN }

function schemaOf(option: OptionEntry): z.ZodType<Setting> {
  switch (option.is) {
    case 'switch':
    case 'names-or-all':
      return z.boolean()
    case 'counter':
      return z.number().int().nonnegative()
    case 'text':
      return word
    case 'file':
    case 'directory':
      return path
    case 'choice':
      return oneOf(option.words)
    case 'duration':
      return z.union([z.string().regex(DURATION, NO_DURATION), z.number().int().nonnegative(NO_DURATION)], NO_DURATION)
    case 'count':
      return z.number().int().min(option.least).max(option.most)
    case 'list': {
      const { emptyInFile } = option
      const values = z.array(mayHaveSpaces(option) ? path : word)
      return emptyInFile === undefined ? values : values.min(1, { error: emptyInFile })
    }
    case 'outputs':
      return z.array(path)
    case 'hosts':
      return z.array(z.string().regex(ALLOWED_HOST, { error: EXPECTED_HOST }))
    case 'listen':
      return z
        .union([z.string().regex(LISTEN, NO_LISTEN), z.number().int().nonnegative(NO_LISTEN)], NO_LISTEN)
        .refine((text) => parseListen(String(text)) !== undefined, { error: 'expected a port of at most 65535' })
    case 'external-url':
      return z.string().superRefine((text, context) => {
        const problem = externalUrlProblem(text)
        if (problem !== undefined) context.addIssue({ code: 'custom', message: problem, input: text })
      })
  }
}

/** A word that is a number may be written as one: YAML reads `2.8` as a number. */
function oneOf(words: readonly string[]): z.ZodType<string | number> {
  const numbers = words.map(Number).filter((each) => !Number.isNaN(each))
  if (numbers.length === 0) return z.enum(words)
  return z.union([z.enum(words), ...numbers.map((each) => z.literal(each))], {
    error: `expected ${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`,
  })
}
