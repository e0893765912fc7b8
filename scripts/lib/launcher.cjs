#!/usr/bin/env node
// Built as dist/bin/main.js. Replaying a capture and naming the commands have bundles of their own, to start sooner; all else is the
// command as a whole.
const { closeSync, existsSync, fstatSync, openSync, readSync } = require('node:fs')
const { join } = require('node:path')
const { pathToFileURL } = require('node:url')
const { Script } = require('node:vm')

/** Runs the replay bundle with the code that V8 made of it at build time; V8 compiles it where that is missing or another V8's. */
function runReplay() {
  const filename = join(__dirname, 'replay.js')
  const code = join(__dirname, 'replay.code')
  const text = read(filename, Buffer.alloc(0))
  // The text is a string by then, so that the code may come into the same memory: to touch new memory takes longer than to read.
  const script = new Script(text.toString('latin1'), {
    filename,
    cachedData: existsSync(code) ? read(code, text) : undefined,
  })
  const load = (/** @type {string} */ name) => import(name)
  script.runInThisContext()(require, load, pathToFileURL(filename).href)
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

if (process.argv[2] === 'replay') runReplay()
else if ([undefined, 'help', '--help', '-h'].includes(process.argv[2])) require(join(__dirname, 'help.js'))
else import(pathToFileURL(join(__dirname, 'cli.mjs')).href)
