import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it, vi } from 'vitest'
import { type NginxFront, PASSWORD, startNginxFront, USER } from '../support/repair/nginx-front.ts'
import { randomTrial } from '../support/repair/random-trial.ts'
import { runTrial } from '../support/repair/trial.ts'
import { scratch } from '../support/scratch.ts'
import { describeWithServers } from '../support/servers/required.ts'

// On a machine that is busy with other things a trial takes long.
vi.setConfig({ testTimeout: 900_000 })

const directory = scratch()
const fronts: NginxFront[] = []

afterAll(async () => {
  for (const front of fronts) await front.stop()
})

describeWithServers(
  ['docker-registry', 'nginx', 'openssl', 'skopeo', 'shellcheck'],
  'a repair of a registry behind nginx, with a certificate of its own and a password',
  () => {
    it.each(['links cut by a full disk', 'blobs cut by a full disk', 'garbage-collect -m'])(
      'repairs: %s',
      async (name) => {
        const place = mkdtempSync(join(directory, 'trial-'))
        const before = async (url: string): Promise<Record<string, string>> => {
          const front = await startNginxFront(url, join(place, 'front'))
          fronts.push(front)
          return { REGISTRY: front.url, ...credentials(place, front) }
        }
        const { failures, ledger, said, script } = await runTrial({ ...randomTrial(0, place, name), before })
        expect(said + script).not.toContain(PASSWORD)
        expect(failures.length === 0 ? [] : { failures, ledger, said, script }).toEqual([])
      },
    )
  },
)

/** As the script says: skopeo and regfsck use a login of Docker, curl uses .netrc. */
function credentials(place: string, { url, certificate }: NginxFront): Record<string, string> {
  const home = join(place, 'home')
  mkdirSync(home, { recursive: true })
  const auths = { [url.replace('https://', '')]: { auth: Buffer.from(`${USER}:${PASSWORD}`).toString('base64') } }
  writeFileSync(join(place, 'auth.json'), JSON.stringify({ auths }))
  writeFileSync(join(home, '.netrc'), `machine 127.0.0.1 login ${USER} password ${PASSWORD}\n`)
  return {
    REGISTRY_AUTH_FILE: join(place, 'auth.json'),
    SSL_CERT_FILE: certificate.cert,
    NODE_EXTRA_CA_CERTS: certificate.cert,
  }
}
