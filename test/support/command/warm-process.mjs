import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { createServer } from 'node:http'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * One process that runs many command lines, one for each request: `node warm-process.mjs BIN SOCKET`.
 *
 * A request holds a process id and the arguments, each ended by a zero byte. The command has the environment of that
 * process and writes to its streams; the answer is the exit code.
 */
const [bin = '', socket = ''] = process.argv.slice(2)
const built = (/** @type {string} */ path) => pathToFileURL(join(dirname(bin), path)).href
const { run } = await import(built('cli/program.js'))
const { version } = JSON.parse(readFileSync(join(dirname(bin), '../package.json'), 'utf8'))

const server = createServer(async (request, response) => {
  const pieces = []
  for await (const piece of request) pieces.push(piece)
  const [pid = '', ...args] = Buffer.concat(pieces).toString().split('\0').slice(0, -1)
  const streams = [1, 2].map((fd) => openSync(`/proc/${pid}/fd/${fd}`, 'a'))
  const [stdout, stderr] = streams.map((fd) => ({
    write: (/** @type {string} */ text) => writeAll(fd, text),
    isTerminal: false,
  }))
  const signal = new AbortController().signal
  const io = { stdout, stderr, signal, env: environmentOf(pid), now: () => new Date(), onHang: () => undefined }
  const code = await run(args, io, version)
  for (const fd of streams) closeSync(fd)
  response.end(String(code))
})

// Whoever started it listens on this channel, and is gone when it closes.
process.once('disconnect', () => process.exit())
server.listen(socket, () => process.send?.('listening'))

/** @param {string} pid */
function environmentOf(pid) {
  const lines = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').slice(0, -1)
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
}

/**
 * @param {number} fd
 * @param {string} text
 */
function writeAll(fd, text) {
  let rest = Buffer.from(text)
  while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest))
}
