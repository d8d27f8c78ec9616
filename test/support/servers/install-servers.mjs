// Runs before the tests: makes sure that the real servers and tools which some of them need are there.
// Silent where nothing is missing. As root on Debian it installs what is; elsewhere it names it, and those tests are skipped.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { installKubeTools } from './kube-tools.mjs'

// Each package holds a command of its own name; that of prometheus also promtool, that of its alertmanager amtool.
const PACKAGES = [
  'chromium',
  'buildah',
  'docker-registry',
  'fish',
  'nginx',
  'openssl',
  'prometheus',
  'prometheus-alertmanager',
  'prometheus-pushgateway',
  'shellcheck',
  'skopeo',
  'strace',
  'zsh',
]
const POLICY = '/usr/sbin/policy-rc.d'

let missing = PACKAGES.filter((name) => !onPath(name))
if (missing.length > 0 && process.getuid?.() === 0 && isDebian()) {
  install(missing)
  missing = PACKAGES.filter((name) => !onPath(name))
}
if (missing.length > 0) {
  console.error(`missing, so tests that need them are skipped: ${missing.join(', ')}`)
  if (process.env.CI === 'true') process.exitCode = 1
}
const noKubeTools = ['helm', 'kubectl'].every(onPath) ? undefined : installKubeTools()
if (noKubeTools !== undefined) {
  console.error(`missing, so tests that need them are skipped: helm and kubectl (${noKubeTools})`)
  if (process.env.CI === 'true') process.exitCode = 1
}

function onPath(name) {
  return (process.env.PATH ?? '').split(delimiter).some((directory) => isExecutable(join(directory, name)))
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function isDebian() {
  try {
    return /^ID(_LIKE)?=.*\bdebian\b/m.test(readFileSync('/etc/os-release', 'utf8'))
  } catch {
    return false
  }
}

/** The tests start servers of their own: a policy of 101 keeps the package from starting one beside them. */
function install(packages) {
  const policyIsOurs = !existsSync(POLICY)
  if (policyIsOurs) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    apt('update', '-qq')
    apt('install', '-qq', '-y', '--no-install-recommends', ...packages)
  } finally {
    if (policyIsOurs) rmSync(POLICY, { force: true })
  }
}

function apt(...words) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const { status, stdout, stderr } = spawnSync('apt-get', words, { env, encoding: 'utf8' })
  if (status !== 0) console.error(`apt-get ${words.join(' ')} ended with ${status}\n${stdout ?? ''}${stderr ?? ''}`)
}
