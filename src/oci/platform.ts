import { InputError } from './input-error.ts'
import { FieldNames, type Fields, fieldsOf, readGoJson } from './json/go-json.ts'
import { FieldPlace, ReadErrors, readText } from './json/go-struct.ts'

/** Other names of architectures. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['x86_64', 'amd64'],
  ['x86-64', 'amd64'],
  ['aarch64', 'arm64'],
  ['i386', '386'],
])

/** The variant that is meant if none is named. */
const USUAL_VARIANTS: ReadonlyMap<string, string> = new Map([
  ['arm', 'v7'],
  ['arm64', 'v8'],
])

/**
 * Reads `os/architecture[/variant]` from an option.
 * @throws {InputError} `OPTION_INVALID`
 */
export function parsePlatform(text: string): string {
  const { os, architecture, variant } =
    /^(?<os>[a-z0-9]+)\/(?<architecture>[a-z0-9_-]+)(?:\/(?<variant>[a-z0-9.]+))?$/i.exec(text)?.groups ?? {}
  if (os === undefined || architecture === undefined)
    throw new InputError(
      `${JSON.stringify(text.slice(0, 100))} is not a platform: expected OS/ARCHITECTURE[/VARIANT], such as linux/arm64 or linux/arm/v7`,
      { code: 'OPTION_INVALID' },
    )
  const name = architecture.toLowerCase()
  return [os.toLowerCase(), ALIASES.get(name) ?? name, variant?.toLowerCase()].filter(Boolean).join('/')
}

/**
 * Whether an image is for the wanted platform. Without a wanted variant every variant matches.
 *
 * @param has `os/architecture[/variant]`, as claimed by an index or a config
 * @param wanted from {@link parsePlatform}
 * @see image-spec v1.1.1, image-index.md, "platform"
 */
export function isPlatform(has: string, wanted: string): boolean {
  const [os = '', written = '', variant = ''] = has.split('/')
  const architecture = ALIASES.get(written) ?? written
  const [wantedOs, wantedArchitecture, wantedVariant] = wanted.split('/')
  if (os !== wantedOs || architecture !== wantedArchitecture) return false
  return wantedVariant === undefined || (variant || USUAL_VARIANTS.get(architecture)) === wantedVariant
}

const CONFIG_NAMES = new FieldNames(['os', 'architecture', 'variant'])

/** The platform in an image's config; `undefined` if it has none. @see image-spec v1.1.1, config.md */
export function platformInConfig(bytes: Uint8Array): string | undefined {
  const fields = fieldsIn(bytes)
  if (fields === undefined) return undefined
  const place = new FieldPlace(new ReadErrors())
  const parts = ['os', 'architecture', 'variant'].map((name) => readText(fields[name], '', place, name))
  const named = parts.filter((part) => part !== '')
  return named.length < 2 ? undefined : named.join('/')
}

function fieldsIn(bytes: Uint8Array): Fields | undefined {
  try {
    return fieldsOf(readGoJson(bytes), CONFIG_NAMES)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
