#!/usr/bin/env node
// Built as dist/bin/main.js. Replaying a capture, and naming the commands or the version, have bundles of their own, to start sooner; all else is the
// command as a whole.
const { join } = require('node:path')
const { runBundle } = require('./script.cjs')

const [, , verb = '--help'] = process.argv

if (['help', '--help', '-h', '--version', '-V'].includes(verb)) require(join(__dirname, 'help.js'))
else if (!isThere()) {
  process.stderr.write(
    'flowbreak: The folder that it was called in is not there any more: change to one that is. (ERR_FOLDER_GONE)\n',
  )
  process.exitCode = 2
} else if (verb === 'replay') runBundle('replay')
else runBundle('command', 'cli')

/** Whether there is a folder that relative paths begin at. */
function isThere() {
  try {
    process.cwd()
    return true
  } catch {
    return false
  }
}
