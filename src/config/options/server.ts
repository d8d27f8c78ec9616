/** Options for the HTTP server of `serve`. */
export const SERVER = {
  listen: {
    help: 'the address to listen on; `:PORT` listens on all addresses',
    is: 'listen',
    value: 'host:port',
    otherwise: '`127.0.0.1:9847`',
    commands: ['serve'],
    key: ['top'],
    examples: { serve: ['--config regfsck.yaml --listen :9847 -v'] },
  },
  'external-url': {
    help: 'the URL under which others reach it, for example behind a proxy: `https://HOST[:PORT][/PREFIX]`',
    is: 'external-url',
    value: 'url',
    commands: ['serve'],
    key: ['top'],
  },
  'allowed-hosts': {
    help: 'a Host header to answer to, `*.example.com`, or `*` for all',
    is: 'hosts',
    value: 'host',
    commands: ['serve'],
    key: ['top'],
  },
} as const
