/**
 * Ends the process with an exit code while one of its threads waits for a disk that does not answer.
 *
 * Node's exit joins every worker thread first, so it would wait for the disk. A signal does not wait, but
 * makes the exit code 128 plus its number. What remains is the `exit` of the C library, and WASI's `proc_exit` is the
 * only way to call it from Node.
 *
 * Returns only if WASI is not available.
 */
export function exitNow(code: number): void {
  const { WASI } = process.getBuiltinModule('node:wasi')
  const wasi = new WASI({ version: 'preview1', returnOnExit: false })
  wasi.start(new WebAssembly.Instance(new WebAssembly.Module(moduleThatExits(code)), wasi.getImportObject()))
}

/** The part that is used; the types of Node lack it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => object
}

/** A module whose `_start` is `proc_exit(code)`. */
function moduleThatExits(code: number): Uint8Array {
  const body = [0, 0x41, (code & 0x7f) | 0x80, code >> 7, 0x10, 0, 0x0b]
  return Uint8Array.from([
    ...[0, ...Buffer.from('asm'), 1, 0, 0, 0],
    ...section(1, [2, 0x60, 1, 0x7f, 0, 0x60, 0, 0]),
    ...section(2, [1, ...name('wasi_snapshot_preview1'), ...name('proc_exit'), 0, 0]),
    ...section(3, [1, 1]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, ...name('memory'), 2, 0, ...name('_start'), 0, 1]),
    ...section(10, [1, body.length, ...body]),
  ])
}

function section(id: number, bytes: readonly number[]): number[] {
  return [id, bytes.length, ...bytes]
}

function name(text: string): number[] {
  return [text.length, ...Buffer.from(text)]
}
