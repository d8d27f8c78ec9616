import * as z from 'zod'

/** A name that people choose: of a registry, a profile, a set of references, or a context. */
export const nameSchema: z.ZodString = z
  .string()
  .max(200, { error: 'expected a name of at most 200 characters' })
  .regex(/^[^\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]*$/u, { error: 'expected a name without control characters' })
  .refine((text) => text.trim() !== '' && text !== '.' && text !== '..', { error: 'expected a name' })
