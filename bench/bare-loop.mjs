// Asks a registry what a file says, as fast as undici does it on its own: bodies are read and thrown away, nothing is
// parsed, judged or tried again. Plain JavaScript, so that it starts as a compiled program does.
//
//   node bare-loop.mjs URL REQUESTS [CONNECTIONS]
//
// Prints the seconds from the first request to the last answer.
import { readFileSync } from 'node:fs'
import { Agent } from 'undici'

const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ')

const [, , origin, file, connections = '16'] = process.argv
const requests = readFileSync(file, 'utf8').trimEnd().split('\n')
const agent = new Agent({ connections: Number(connections) })
const started = performance.now()
const waiting = requests.values()
await Promise.all(Array.from({ length: Number(connections) }, ask))
console.log((performance.now() - started) / 1000)
await agent.close()

async function ask() {
  for (const request of waiting) {
    const [method, path] = request.split(' ')
    // Left to itself, undici closes a connection after each HEAD.
    const options = { origin, path, method, headers: headersFor(path), reset: false }
    const { statusCode, body } = await agent.request(options)
    await body.arrayBuffer()
    if (statusCode >= 300) throw new Error(`${request}: ${statusCode}`)
  }
}

function headersFor(path) {
  if (path.includes('/manifests/')) return { accept: ACCEPT, 'accept-encoding': 'identity' }
  if (path.includes('/blobs/')) return { range: 'bytes=-1', 'accept-encoding': 'identity' }
  return { 'accept-encoding': 'identity' }
}
