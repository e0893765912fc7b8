#!/usr/bin/env node
// Built as dist/bin/main.js. Replaying a capture, and naming the commands or the version, have bundles of their own, to start sooner; all else is the
// command as a whole.
const { join } = require('node:path')
const { runBundle } = require('./script.cjs')

const [, , verb = '--help'] = process.argv

if (verb === 'replay') runBundle('replay')
else if (['help', '--help', '-h', '--version', '-V'].includes(verb)) require(join(__dirname, 'help.js'))
else runBundle('command', 'cli')
