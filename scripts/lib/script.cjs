const { closeSync, existsSync, fstatSync, openSync, readSync } = require('node:fs')
const { join } = require('node:path')
const { pathToFileURL } = require('node:url')
const { Script } = require('node:vm')

/**
 * Runs a bundle beside this with the code that V8 made of it at build time; V8 compiles it where that is missing or another V8's.
 * @param {string} name
 * @param {string} [entry] where it begins, if it has several entries
 */
exports.runBundle = (name, entry) => {
  const filename = join(__dirname, `${name}.js`)
  const code = join(__dirname, `${name}.code`)
  const text = read(filename, Buffer.alloc(0))
  // The text is a string by then, so that the code may come into the same memory: to touch new memory takes longer than to read.
  const script = new Script(text.toString('latin1'), {
    filename,
    cachedData: existsSync(code) ? read(code, text) : undefined,
  })
  // Code that was made before knows of no import().
  const load = (/** @type {string} */ module) => import(module)
  script.runInThisContext()(require, load, pathToFileURL(filename).href, entry)
}

/**
 * The bytes of a file, in `room` if they fit.
 * @param {string} name
 * @param {Buffer} room
 */
function read(name, room) {
  const fd = openSync(name, 'r')
  const { size } = fstatSync(fd)
  const bytes = size > room.length ? Buffer.allocUnsafeSlow(size) : room.subarray(0, size)
  const got = readSync(fd, bytes, 0, size, 0)
  closeSync(fd)
  return bytes.subarray(0, got)
}
