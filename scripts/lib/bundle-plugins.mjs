import { readFileSync } from 'node:fs'
import { relative, sep } from 'node:path'

/** @typedef {import('esbuild').Plugin} Plugin */

/**
 * Modules that are left out of a bundle, to be loaded from where they are.
 * @param {readonly string[]} modules by their paths in dist; the last part of each is its own
 * @returns {Plugin}
 */
export function staying(modules) {
  return {
    name: 'staying',
    setup(bundler) {
      for (const module of modules) {
        const filter = new RegExp(`/${module.slice(module.lastIndexOf('/') + 1)}\\.js$`)
        bundler.onResolve({ filter }, () => ({ path: `../${module}.js`, external: true }))
      }
    },
  }
}

/**
 * What a module of ours finds beside itself is beside it in dist, wherever it was bundled to: `bundleUrl` is the address of a file in
 * dist/bin.
 * @param {string} dist
 * @returns {Plugin}
 */
export function places(dist) {
  return {
    name: 'places',
    setup(bundler) {
      bundler.onLoad({ filter: /\.js$/ }, ({ path }) => {
        if (!path.startsWith(dist + sep)) return undefined
        const text = readFileSync(path, 'utf8')
        // A bundle of parts hands on what an export is once its module has run.
        if (/^export let\b/m.test(text))
          throw new Error(`${path} exports what may change: export a function.`)
        const own = `new URL('../${relative(dist, path).replaceAll(sep, '/')}', bundleUrl).href`
        return { contents: text.replaceAll('import.meta.url', own) }
      })
    },
  }
}

/** Modules of Node's own that most commands do not need, which bring sockets, streams and threads with them. */
const SELDOM = [
  'child_process',
  'dgram',
  'fs/promises',
  'http',
  'module',
  'net',
  'readline',
  'timers/promises',
  'tty',
  'worker_threads',
  'zlib',
]

/**
 * Loads modules of Node's own that are seldom needed when something of them is asked for.
 * @type {Plugin}
 */
export const seldom = {
  name: 'seldom',
  setup(bundler) {
    bundler.onResolve({ filter: new RegExp(`^node:(${SELDOM.join('|')})$`) }, ({ path, namespace }) =>
      namespace === 'seldom' ? { path, external: true } : { path, namespace: 'seldom' },
    )
    bundler.onLoad({ filter: /.*/, namespace: 'seldom' }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter((name) => name !== 'default')
      const getters = names.map((name) => `get ${name}() { return require('${path}').${name} }`)
      return { contents: `module.exports = { ${getters.join(', ')} }` }
    })
  },
}

/**
 * What would be loaded late, by who only tells that it is there.
 * @type {Plugin}
 */
export const uncalled = {
  name: 'uncalled',
  setup(bundler) {
    bundler.onResolve({ filter: /.*/ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    )
  },
}

/**
 * What nobody asks of packages: zod's words in other languages than English, three quarters of it, and mocha's own processes.
 * @type {Plugin}
 */
export const unasked = {
  name: 'unasked',
  setup(bundler) {
    bundler.onLoad({ filter: /[/]zod[/]v4[/]locales[/]index[.]js$/ }, () => ({
      contents: "export { default as en } from './en.js'",
    }))
    bundler.onResolve({ filter: /[/]parallel-buffered-runner[.]cjs$/ }, ({ path }) => ({
      path,
      external: true,
    }))
  },
}
