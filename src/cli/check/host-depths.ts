import { DEPTHS, type Depth } from '../../check/rules.ts'
import { InputError } from '../../oci/input-error.ts'
import { parseReference } from '../../oci/reference.ts'
import type { OptionValues } from '../options/option-values.ts'
import { quoted } from '../options/passwords.ts'

/** How deep the images of some hosts are checked, by the host of their registry as `URL.host` writes it. */
export type HostDepths = ReadonlyMap<string, Depth>

/** Reads `--host-depth HOST=DEPTH`. Every name of Docker Hub is the same host. */
export function readHostDepths(texts: readonly string[], values: OptionValues): HostDepths {
  const depths = new Map<string, Depth>()
  for (const text of texts) {
    const { name = '', word } = /^(?<name>[^=]+)=(?<word>[a-z]+)$/.exec(text)?.groups ?? {}
    const depth = DEPTHS.find((one) => one === word)
    const host = hostNamed(name)
    if (depth === undefined || host === undefined)
      values.problems.push(
        `--host-depth: expected HOST[:PORT]=DEPTH with a depth of ${DEPTHS.join(', ')}, not ${quoted(text)}`,
      )
    else if (depths.has(host)) values.problems.push(`--host-depth: ${name} is named twice`)
    else depths.set(host, depth)
  }
  return depths
}

/** The host of a registry's API, as `URL.host` writes it; `undefined` if the name is no host. */
export function hostNamed(name: string): string | undefined {
  try {
    const isHost = name === 'localhost' || /[.:]/.test(name)
    return isHost && !name.includes('/') ? new URL(parseReference(`${name}/a/b`).origin).host : undefined
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return undefined
  }
}
