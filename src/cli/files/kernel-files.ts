import { statfsSync } from 'node:fs'

/**
 * File systems that show the state of the kernel. `access` says that root may write there, but no file can be created, and
 * `mkdir` answers ENOENT.
 *
 * @see linux/magic.h
 */
const KERNEL_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x9fa0, 'proc'],
  [0x62656572, 'sysfs'],
  [0x27e0eb, 'cgroup'],
  [0x63677270, 'cgroup2'],
  [0x64626720, 'debugfs'],
  [0x74726163, 'tracefs'],
  [0x73636673, 'securityfs'],
  [0xf97cff8c, 'selinuxfs'],
  [0x1cd1, 'devpts'],
])

/** Why no file can be created in an existing directory, if it belongs to the kernel. @throws {Error} */
export function whyKernels(directory: string): string | undefined {
  const name = KERNEL_FILE_SYSTEMS.get(statfsSync(directory).type)
  return name === undefined ? undefined : `it is in ${name}, a kernel file system where no files can be created`
}
