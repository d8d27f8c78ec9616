import { statfsSync } from 'node:fs'

/**
 * File systems in which the kernel shows its own state. Root may write to them, says `access`, and yet nobody can make a file
 * there; `mkdir` answers that its parent is not there.
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

/** Why no file can be made in a directory that is there, where the kernel is the reason. @throws {Error} */
export function whyKernels(directory: string): string | undefined {
  const name = KERNEL_FILE_SYSTEMS.get(statfsSync(directory).type)
  return name === undefined ? undefined : `it is in ${name}, a kernel file system where no files can be created`
}
