#!/usr/bin/env node
// Built as dist/bin/main.js. Replaying a capture has a bundle of its own, to start sooner; all else is the command as a whole.
const { existsSync, readFileSync } = require('node:fs')
const { join } = require('node:path')
const { pathToFileURL } = require('node:url')
const { Script } = require('node:vm')

/** Runs the replay bundle with the code that V8 made of it at build time; V8 compiles it where that is missing or another V8's. */
function runReplay() {
  const filename = join(__dirname, 'replay.js')
  const code = join(__dirname, 'replay.code')
  const script = new Script(readFileSync(filename, 'latin1'), {
    filename,
    cachedData: existsSync(code) ? readFileSync(code) : undefined,
  })
  const load = (/** @type {string} */ name) => import(name)
  script.runInThisContext()(require, load, pathToFileURL(filename).href)
}

if (process.argv[2] === 'replay') runReplay()
else import(pathToFileURL(join(__dirname, 'cli.mjs')).href)
