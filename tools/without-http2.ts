import type { Plugin } from 'esbuild'

/**
 * Leaves Node's HTTP/2 out of undici. undici loads it with the first client, although it speaks HTTP/2 only with `allowH2`,
 * which nothing here sets, and does without it where Node was built so (`lib/dispatcher/client-h2.js`). It takes 3 ms of a start.
 * Others keep it: the server of `serve` compares each request with its classes.
 */
export const withoutHttp2: Plugin = {
  name: 'without-http2',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:http2$/ }, ({ path, importer }) =>
      /[\\/]undici[\\/]/.test(importer) ? { path, namespace: 'without-http2' } : undefined,
    )
    onLoad({ filter: /.*/, namespace: 'without-http2' }, () => ({ contents: 'module.exports = { constants: {} }' }))
  },
}
