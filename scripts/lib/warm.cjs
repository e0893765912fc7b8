// node warm.cjs BUNDLE CODE ARGUMENT…: runs a bundle and writes the code that V8 has made of it by then.
const { readFileSync, writeFileSync } = require('node:fs')
const { pathToFileURL } = require('node:url')
const { Script } = require('node:vm')

const [filename = '', code = '', ...args] = process.argv.slice(2)
const script = new Script(readFileSync(filename, 'latin1'), { filename })
process.argv.splice(2, Number.POSITIVE_INFINITY, ...args)
process.on('exit', () => writeFileSync(code, script.createCachedData()))
script.runInThisContext()(require, undefined, pathToFileURL(filename).href, 'cli')
