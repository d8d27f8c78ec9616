import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Ran } from '../support/command/run.ts'
import type { ImageConfig } from './buildah.ts'

/** Where the registry's storage is mounted, read-only. */
export const STORAGE = '/registry'

/** No such user on any machine. */
const ANY_USER = '1234567:7654321'

/**
 * As a container runtime would: its own mounts and processes, every file system read-only, no environment but the
 * image's. Then the words of the image's own entry point, found on the image's own PATH.
 */
const SCRIPT = `set -eu
root=$1 storage=$2
shift 2
mount --make-rprivate /
mount --bind "$root" "$root"
mount --bind "$storage" "$root${STORAGE}"
mount -t proc proc "$root/proc"
mount -o remount,ro,bind "$root${STORAGE}"
mount -o remount,ro,bind "$root"
exec env -i "$@"
`

/**
 * Run an image's entry point as a user whom it does not know, with nothing that can be written to.
 *
 * @param root the directory with the image's files
 * @param storage a registry's storage, open to every user
 */
export function lockedUp(
  root: string,
  config: ImageConfig,
  storage: string,
  words: readonly string[],
): Omit<Ran, 'took'> {
  for (const point of [STORAGE, '/proc']) mkdirSync(join(root, point), { recursive: true })
  const chroot = execFileSync('sh', ['-c', 'command -v chroot'], { encoding: 'utf8' }).trim()
  const inside = [...config.Env, chroot, `--userspec=${ANY_USER}`, '--groups=', root, ...config.Entrypoint, ...words]
  const apart = ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', SCRIPT, 'sh']
  const { status, stdout, stderr } = spawnSync('unshare', [...apart, root, storage, ...inside], {
    encoding: 'utf8',
    timeout: 60_000,
  })
  return { code: status ?? -1, stdout, stderr }
}
