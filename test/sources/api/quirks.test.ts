import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { image } from '../../support/builders/images.ts'
import type { Ran } from '../../support/command/run.ts'
import { targetIn } from '../../support/command/run.ts'
import { regfsckHere } from '../../support/command/run-in-process.ts'
import { type Quirk, type SimulatedRegistry, sendBlob, simulateRegistry } from '../../support/simulated/registry.ts'

const node = image('quirk')
const allBlobs = new Map([node.config, ...node.layers].map((each) => [each.descriptor.digest as string, each.bytes]))

/** Scan a simulated registry with one whole image and one habit. */
async function scan(
  quirk: Quirk,
  args: readonly string[] = [],
): Promise<{ ran: Ran; asked: SimulatedRegistry['asked']; host: string }> {
  const registry = await simulateRegistry(node, quirk)
  try {
    const flags = ['--output=json', '--all-tags', '--recheck-delay=0', '--request-timeout=1s']
    const ran = await regfsckHere(['scan', ...flags, ...args, registry.url])
    return { ran, asked: registry.asked, host: registry.host }
  } finally {
    await registry.stop()
  }
}

function expectWhole(ran: Ran): void {
  expect(targetIn(ran)).toMatchObject({ complete: true, findings: [], unchecked: [] })
  expect(targetIn(ran).tags.map(({ verdict }) => verdict)).toEqual(['intact'])
  expect(ran.code).toBe(0)
}

describe('simulated: the behavior of', () => {
  it('a plain registry', async () => expectWhole((await scan(() => false)).ran))

  it('Harbor: only admins may list the catalog, and tags are resolved by HEAD, which does not count as a pull', async () => {
    const quirk: Quirk = ({ path }, response) => {
      if (path.pathname !== '/v2/_catalog') return false
      response.writeHead(403).end()
      return true
    }
    const { ran } = await scan(quirk)
    expect(ran.code).toBe(4)
    expect(ran.stdout).toMatch(/name them with --repositories/)
    const named = await scan(quirk, ['--repositories=app'])
    expectWhole(named.ran)
    expect(named.asked).toContain('HEAD /v2/app/manifests/latest')
    expect(named.asked).not.toContain('GET /v2/app/manifests/latest')
  })

  it.each(['Quay', 'ACR'])('%s: the catalog is 200 and empty, which does not count as a clean registry', async () => {
    const { ran } = await scan(({ path }, response) => {
      if (path.pathname !== '/v2/_catalog') return false
      response.end('{"repositories":[]}')
      return true
    })
    expect(ran.code).toBe(3)
    expect(ran.stdout).toMatch(/name them with --repositories/)
  })

  it('Quay: a page that links back to the first ends the listing, and the scan is incomplete', async () => {
    const { ran, asked } = await scan(({ path }, response) => {
      if (path.pathname !== '/v2/_catalog') return false
      response.setHeader('link', `</v2/_catalog?n=100&next_page=bad>; rel="next"`)
      response.end('{"repositories":["app"]}')
      return true
    })
    expect(ran.code).toBe(3)
    expect(asked.filter((each) => each.includes('_catalog')).length).toBe(2)
    expect(targetIn(ran).tags.map(({ verdict }) => verdict)).toEqual(['intact'])
  })

  it('GitLab and ECR: blobs are in an object store, which accepts GET only and no other credentials', async () => {
    const store = createServer((request, response) => {
      const refused = request.method !== 'GET' || request.headers.authorization !== undefined
      const bytes = allBlobs.get(decodeURIComponent(request.url?.slice(1) ?? ''))
      if (refused || bytes === undefined) response.writeHead(403).end()
      else sendBlob(request, response, bytes)
    })
    await new Promise<void>((resolve) => store.listen(0, '127.0.0.2', resolve))
    const at = `http://127.0.0.2:${(store.address() as AddressInfo).port}`
    const quirk: Quirk = ({ path }, response) => {
      const digest = /^\/v2\/app\/blobs\/(.*)/.exec(path.pathname)?.[1]
      if (digest === undefined) return false
      response.writeHead(307, { location: `${at}/${encodeURIComponent(digest)}` }).end()
      return true
    }
    for (const depth of ['blobs', 'content']) expectWhole((await scan(quirk, ['--depth', depth])).ran)
    store.closeAllConnections()
    await new Promise((resolve) => store.close(resolve))
  })

  it('Gitea: two WWW-Authenticate headers, and a token server on its own host', async () => {
    const { ran } = await scan((request, response) => {
      if (request.path.pathname === '/token') {
        response.end('{"token":"t"}')
        return true
      }
      if (request.headers.authorization === 'Bearer t') return false
      const realm = `http://${request.headers.host}/token`
      response.writeHead(401, { 'www-authenticate': ['Basic realm="forge"', `Bearer realm="${realm}",service="s"`] })
      response.end()
      return true
    })
    expectWhole(ran)
  })

  it('Nexus: HEAD of a manifest is 404 while GET works, and tags may be null', async () => {
    const head: Quirk = ({ method, path }, response) => {
      if (method !== 'HEAD' || !path.pathname.includes('/manifests/')) return false
      response.writeHead(404).end()
      return true
    }
    expectWhole((await scan(head)).ran)
    const { ran } = await scan(({ path }, response) => {
      if (!path.pathname.endsWith('/tags/list')) return false
      response.end('{"name":"app","tags":null}')
      return true
    })
    expect(ran.code).toBe(0)
  })

  it('Nexus and Artifactory: a Link with a wrong path and host; digests in the list of tags', async () => {
    const { ran } = await scan(({ path }, response) => {
      if (!path.pathname.endsWith('/tags/list')) return false
      if (path.searchParams.has('last')) response.end('{"tags":["latest"]}')
      else {
        response.setHeader('link', '<http://elsewhere.invalid/wrong/path?last=x&n=1000>; rel="next"')
        response.end(JSON.stringify({ tags: [node.descriptor.digest] }))
      }
      return true
    })
    expectWhole(ran)
  })

  it('ECR: more than 1000 names per page is an error, and GET has no digest header', async () => {
    const { ran } = await scan(
      ({ path, method }, response) => {
        if (Number(path.searchParams.get('n') ?? 0) > 100) {
          response.writeHead(400).end()
          return true
        }
        if (!path.pathname.includes('/manifests/')) return false
        response.writeHead(200, { 'content-type': node.descriptor.mediaType })
        response.end(method === 'HEAD' ? undefined : node.bytes)
        return true
      },
      ['--repositories=app'],
    )
    expectWhole(ran)
  })

  it('Google: only the 401 at /v2/ has a challenge', async () => {
    const { ran } = await scan((request, response) => {
      if (request.path.pathname === '/token') {
        response.end('{"token":"t"}')
        return true
      }
      if (request.headers.authorization === 'Bearer t') return false
      const realm = `Bearer realm="http://${request.headers.host}/token",service="s"`
      response.writeHead(401, request.path.pathname === '/v2/' ? { 'www-authenticate': realm } : {}).end()
      return true
    })
    expectWhole(ran)
  })

  it.each(['GHCR', 'Docker Hub'])('%s: there is no catalog; named repositories are checked', async () => {
    const quirk: Quirk = ({ path }, response) => {
      if (path.pathname !== '/v2/_catalog') return false
      response.writeHead(404, { 'content-type': 'text/html' }).end('<html>')
      return true
    }
    expect((await scan(quirk)).ran.code).toBe(4)
    expectWhole((await scan(quirk, ['--repositories=app'])).ran)
  })
})

describe('simulated: a server that ignores Range', () => {
  const whole: Quirk = ({ path }, response) => {
    const bytes = allBlobs.get(/^\/v2\/app\/blobs\/(.*)/.exec(path.pathname)?.[1] ?? '')
    if (bytes === undefined) return false
    response.writeHead(200, { 'content-length': bytes.byteLength }).end(bytes)
    return true
  }
  it('is trusted if the length is right and a byte comes', async () => expectWhole((await scan(whole)).ran))

  it('is not trusted if the length is announced and nothing comes', async () => {
    const { ran } = await scan(({ path }, response) => {
      const digest = /^\/v2\/app\/blobs\/(.*)/.exec(path.pathname)?.[1] ?? ''
      const bytes = allBlobs.get(digest)
      if (bytes === undefined || digest === node.config.descriptor.digest) return false
      response.writeHead(200, { 'content-length': bytes.byteLength })
      response.flushHeaders()
      response.socket?.end()
      return true
    })
    expect(ran.code).toBe(1)
    expect(targetIn(ran).findings.map(({ code, cause }) => `${code} ${cause}`)).toEqual(
      node.layers.map(() => 'layer-missing not-served'),
    )
  })
})

describe('simulated: a hostile or broken server', () => {
  it('that sends a web page instead of JSON is not a registry', async () => {
    const { ran } = await scan((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>login</html>')
      return true
    })
    expect(ran.code).toBe(4)
    expect(ran.stdout).toMatch(/does not look like a registry: \/v2\/ returned a web page/)
  })

  it('gets no request for invalid names that it lists', async () => {
    const { ran, asked } = await scan(({ path }, response) => {
      if (path.pathname !== '/v2/_catalog') return false
      response.end(JSON.stringify({ repositories: ['app', '../../admin', 'a b', 'x?y', 7] }))
      return true
    })
    expect(ran.code).toBe(3)
    expect(asked.filter((each) => /admin|x\?y|a b/.test(each))).toEqual([])
    expect(targetIn(ran).tags.map(({ verdict }) => verdict)).toEqual(['intact'])
  })

  it('that answers 500 for a manifest leaves the tag unchecked', async () => {
    const { ran } = await scan(({ path }, response) => {
      if (!path.pathname.endsWith(node.descriptor.digest)) return false
      response.writeHead(500).end()
      return true
    })
    expect(ran.code).toBe(3)
    expect(targetIn(ran).tags.map(({ verdict }) => verdict)).toEqual(['unchecked'])
  })

  it('that sends other bytes for a digest is detected', async () => {
    const { ran } = await scan(({ path }, response) => {
      if (!path.pathname.endsWith(node.descriptor.digest)) return false
      response.writeHead(200, { 'docker-content-digest': node.descriptor.digest }).end(image('other').bytes)
      return true
    })
    expect(ran.code).toBe(1)
    expect(targetIn(ran).findings[0]).toMatchObject({ code: 'manifest-damaged', cause: 'digest-mismatch' })
  })

  it('that sends an endless manifest is not read forever', async () => {
    const { ran } = await scan(({ path }, response) => {
      if (!path.pathname.endsWith(node.descriptor.digest)) return false
      response.writeHead(200)
      const piece = Buffer.alloc(256 * 1024, ' ')
      const more = (): void => {
        while (!response.destroyed && response.write(piece));
        if (!response.destroyed) response.once('drain', more)
      }
      more()
      return true
    })
    expect(ran.code).toBe(3)
    expect(targetIn(ran)).toMatchObject({ complete: false, unchecked: [{ because: 'TOO_LARGE' }] })
  })
})
