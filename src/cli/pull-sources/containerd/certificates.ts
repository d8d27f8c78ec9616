import { readdirSync } from 'node:fs'
import type { HostSettings } from '../pull-source.ts'
import { FilesNamed } from './host-settings.ts'

/**
 * Certificates beside which there is no `hosts.toml`: `.crt` files are authorities, `.cert` files certificates of the
 * client, with a `.key` of the same name.
 *
 * @see containerd, docs/hosts.md, "Support for Docker's Certificate File Pattern"
 */
export function readCertificates(directory: string, problems: string[]): HostSettings {
  const files = new FilesNamed(
    {
      refuse: (_, why) => {
        problems.push(`${directory}: ${why}`)
      },
    },
    directory,
  )
  const names = namesIn(directory, problems)
  const authorities = names.filter((name) => name.endsWith('.crt'))
  const pairs = names
    .filter((name) => name.endsWith('.cert'))
    .map((name) => {
      const key = name.replace(/cert$/, 'key')
      return names.includes(key) ? [name, key] : [name]
    })
  return {
    place: directory,
    ca: authorities.length === 0 ? undefined : files.authorities('ca', authorities),
    client: pairs.length === 0 ? undefined : files.pairs('client', pairs),
  }
}

function namesIn(directory: string, problems: string[]): readonly string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map(({ name }) => name)
      .sort()
  } catch (error) {
    problems.push(`cannot list ${directory}: ${error instanceof Error ? error.message : ''}`)
    return []
  }
}
