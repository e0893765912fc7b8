// Built as dist/bin/run-worker.js: the program of a worker of `flowbreak run`, a thread or a process.
const { runBundle } = require('./script.cjs')

runBundle('command', 'run-worker')
