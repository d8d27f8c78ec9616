import { execFile, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** What an image says of how it is to be started. */
export interface ImageConfig {
  readonly User: string
  readonly Env: readonly string[]
  readonly Entrypoint: readonly string[]
  readonly Cmd: readonly string[]
  readonly WorkingDir: string
  readonly StopSignal: string
  readonly Labels: Readonly<Record<string, string>>
}

/** `buildah` with a store of its own, which goes away with its directory; nothing of the machine's own is touched. */
export class Buildah {
  readonly #flags: readonly string[]
  readonly #policy: readonly string[]

  /** @param home an empty directory */
  constructor(home: string) {
    const policy = join(home, 'policy.json')
    writeFileSync(policy, '{ "default": [{ "type": "insecureAcceptAnything" }] }')
    this.#flags = ['--root', join(home, 'store'), '--runroot', join(home, 'run'), '--storage-driver', 'vfs']
    this.#policy = ['--signature-policy', policy]
  }

  /**
   * Make an image of a directory, with these settings in its environment.
   *
   * @returns its name and its digest
   */
  async imageOf(tree: string, name: string, env: Readonly<Record<string, string>>): Promise<[string, string]> {
    const container = await this.#run('from', ...this.#policy, 'scratch')
    await this.#run('copy', '--quiet', container, tree, '/')
    const settings = Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`])
    if (settings.length > 0) await this.#run('config', ...settings, container)
    await this.#run('commit', ...this.#policy, '--quiet', '--rm', container, name)
    const [image]: [{ digest: string }] = JSON.parse(await this.#run('images', '--json', name))
    return [name, image.digest]
  }

  /** Build a Dockerfile without asking any registry of images. The store of packages is npm's own on this machine. */
  async build(context: string, name: string, flags: readonly string[]): Promise<void> {
    const alone = ['--isolation', 'chroot', '--pull-never', ...this.#policy]
    await this.#run('build', ...alone, '--tag', name, ...flags, context)
  }

  async configOf(name: string): Promise<ImageConfig> {
    const inspected: { OCIv1: { config: ImageConfig } } = JSON.parse(
      await this.#run('inspect', '--type', 'image', name),
    )
    return inspected.OCIv1.config
  }

  /** @returns the directory where the image's files are */
  async mount(name: string): Promise<string> {
    return this.#run('mount', await this.#run('from', '--pull-never', ...this.#policy, name))
  }

  async #run(...words: readonly string[]): Promise<string> {
    try {
      const { stdout } = await run('buildah', [...this.#flags, ...words], { maxBuffer: 64 * 1024 * 1024 })
      return stdout.trim()
    } catch (error) {
      // What the commands of a build print, compilers among them, goes to stdout.
      const said = error instanceof Error && 'stdout' in error ? String(error.stdout).slice(-4000) : ''
      throw new Error(`${error instanceof Error ? error.message : ''}\n${said}`, { cause: error })
    }
  }
}

/** @returns why an image cannot be built and run here; nothing where it can */
export function whyNoImages(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root on Linux can'
  for (const command of ['buildah', 'unshare', 'chroot', 'ldd', 'npm'])
    if (spawnSync(command, ['--version']).error) return `${command} is not installed`
  const { status, stderr } = spawnSync('unshare', ['--mount', '--pid', '--fork', 'mount', '--make-rprivate', '/'])
  return status === 0 ? undefined : `no mounts of its own: ${stderr}`
}
