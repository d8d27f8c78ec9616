/** The directory of a file, as the file is named; standard input is in the current directory. */
export function directoryOf(file: string): string {
  const slash = file.lastIndexOf('/')
  if (slash === 0) return '/'
  return slash < 0 ? '.' : file.slice(0, slash)
}

/** A path, seen from a directory. */
export function join(directory: string, path: string): string {
  const whole = path.startsWith('/') ? path : `${directory}/${path}`
  const parts: string[] = []
  for (const part of whole.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else if (part !== '..' || !whole.startsWith('/')) parts.push(part)
  }
  return whole.startsWith('/') ? `/${parts.join('/')}` : parts.join('/') || '.'
}

/** The last part of a path; none if it only leads upwards or stays. */
export function baseName(path: string): string | undefined {
  const last = join('.', path).split('/').at(-1)
  return last === '' || last === '.' || last === '..' ? undefined : last
}

/** A compose file that is not on this machine: in a git repository, or an OCI artifact. */
export function isRemote(path: string): boolean {
  return /^(?:[a-z][a-z0-9+.-]*:\/\/|git@|github\.com\/)/i.test(path)
}
