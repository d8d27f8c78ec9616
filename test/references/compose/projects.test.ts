import { describe, expect, it } from 'vitest'
import { file, imagesOf, leftOutOf, readFiles, unknownIn, unreadableIn } from './files.ts'

/** A shop as people write it: a shared file, a database of another team, tools behind a profile, production on top. */
const SHOP = {
  'shop/compose.yaml': `# The shop. Run with: docker compose -f compose.yaml -f production.yaml up -d
name: shop

include:
  - ../database/compose.yaml
  - path: monitoring/compose.yaml
    env_file: monitoring/versions.env

x-logging: &logging
  logging: {driver: json-file, options: {max-size: 10m}}

services:
  web:
    <<: *logging
    image: \${REGISTRY:-registry.example.com}/shop/web:\${WEB_TAG:?which build?}   # set by the pipeline
    depends_on: [db, cache]
    ports: ["8080:80"]

  worker:
    extends: {file: common/services.yaml, service: background}
    image: "\${REGISTRY:-registry.example.com}/shop/worker:\${WORKER_TAG-$WEB_TAG}"

  mailer:
    extends: {file: common/services.yaml, service: background}
    command: [mail]

  cache:
    image: 'redis:8-alpine'

  admin:
    image: adminer:5
    profiles: [tools]

  docs:
    build: ../docs
    profiles: [tools, docs]
`,
  'shop/production.yaml': `services:
  web:
    platform: linux/amd64
    build: !reset null
  cache:
    image: registry.example.com/mirror/valkey@sha256:${'ab'.repeat(32)}
  backup:
    image: registry.example.com/ops/backup:\${BACKUP_TAG}
`,
  'shop/common/services.yaml': `services:
  base:
    image: \${REGISTRY:-registry.example.com}/shop/runtime:2026.11
    restart: unless-stopped
  background:
    extends: base
    platform: linux/arm64
`,
  'shop/.env': `# versions
export WEB_TAG=2026.11.3   # Friday
REGISTRY="mirror.example.com:5000"
`,
  'shop/monitoring/compose.yaml': 'services:\n  exporter:\n    image: quay.io/example/exporter:v${EXPORTER}\n',
  'shop/monitoring/versions.env': "EXPORTER='1.9.0'\n",
  'database/compose.yaml': `services:
  db:
    image: postgres:\${PG:-16}
    volumes:
      - data:/var/lib/postgresql/data
      - {type: image, source: "registry.example.com/shop/seed:1", target: /seed}
`,
  'database/.env': 'PG=17.2\nREGISTRY=not.example.com\n',
}

const BASE = 'shop/compose.yaml'
const PRODUCTION = 'shop/production.yaml'

describe('a project of several files', () => {
  it('is read with every image, its user, and the place that decided it', () => {
    const read = readFiles(SHOP, { named: [BASE] })
    expect(imagesOf(read).toSorted()).toEqual([
      'mirror.example.com:5000/shop/runtime:2026.11 <- service mailer @ shop/common/services.yaml:3:12',
      'mirror.example.com:5000/shop/web:2026.11.3 <- service web @ shop/compose.yaml:15:12',
      'mirror.example.com:5000/shop/worker:2026.11.3 <- service worker @ shop/compose.yaml:21:13',
      'postgres:17.2 <- service db @ database/compose.yaml:3:12',
      'quay.io/example/exporter:v1.9.0 <- service exporter @ shop/monitoring/compose.yaml:3:12',
      'redis:8-alpine <- service cache @ shop/compose.yaml:28:13',
      'registry.example.com/shop/seed:1 <- service db, image volume /seed @ database/compose.yaml:6:32',
    ])
    expect(leftOutOf(read)).toEqual([
      'service admin @ shop/compose.yaml:30:3: its profile (tools) is not enabled',
      'service docs @ shop/compose.yaml:34:3: none of its profiles (tools, docs) is enabled',
    ])
    expect([unknownIn(read), unreadableIn(read)]).toEqual([[], []])
  })

  it('is read with production on top: other images, and one that is unknown', () => {
    const read = readFiles(SHOP, { named: [BASE, PRODUCTION] })
    const decided = Object.fromEntries(read.services.map(({ name, place }) => [name, `${place.file}:${place.line}`]))
    expect(decided).toMatchObject({ web: 'shop/compose.yaml:15', cache: 'shop/production.yaml:6' })
    const platforms = Object.fromEntries(read.images.map(({ usedBy, platform }) => [usedBy, platform]))
    expect(platforms).toMatchObject({
      'service web': 'linux/amd64',
      'service worker': 'linux/arm64',
      'service mailer': 'linux/arm64',
      'service cache': undefined,
    })
    expect(unknownIn(read)).toEqual([
      'registry.example.com/ops/backup:${BACKUP_TAG} <- service backup @ shop/production.yaml:8:12: the variable BACKUP_TAG has no value; set it in the environment, in .env or with --env-file',
    ])
  })

  it('is read with other values, and all profiles', () => {
    const files = { ...SHOP, 'ci.env': 'WEB_TAG=ci-7\nBACKUP_TAG=3\n' }
    const read = readFiles(files, {
      named: [BASE, PRODUCTION],
      envFiles: [file(files, 'ci.env')],
      environment: { WORKER_TAG: 'hotfix' },
      profiles: ['*'],
    })
    expect(read.services.map(({ name, image }) => `${name}: ${image}`).toSorted()).toEqual([
      'admin: adminer:5',
      'backup: registry.example.com/ops/backup:3',
      `cache: registry.example.com/mirror/valkey@sha256:${'ab'.repeat(32)}`,
      'db: postgres:17.2',
      'exporter: quay.io/example/exporter:v1.9.0',
      'mailer: registry.example.com/shop/runtime:2026.11',
      'web: registry.example.com/shop/web:ci-7',
      'worker: registry.example.com/shop/worker:hotfix',
    ])
    expect(leftOutOf(read)).toEqual([
      'service docs @ shop/compose.yaml:34:3: it is built here, and has no image of its own',
    ])
    expect(read.unknown).toEqual([])
  })

  it('can be changed in place exactly where it says, unless there are variables', () => {
    const read = readFiles(SHOP, { named: [BASE, PRODUCTION] })
    for (const { span, place, written, hasVariables, image } of read.services) {
      const text = file(SHOP, place.file).text
      expect(text.slice(span?.start, span?.end)).toBe(written)
      expect(hasVariables).toBe(written !== image)
    }
    expect(read.services.length).toBeGreaterThan(5)
  })
})
