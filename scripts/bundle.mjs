// Bundles the command into dist/bin: a hundred small modules take Node 50 ms longer to load than a few larger ones.
import { spawnSync } from 'node:child_process'
import { copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { main } from './lib/main.mjs'

/** Packages that stay packages: they are loaded late, or are native. */
const PACKAGES = [
  'mocha',
  'chai',
  'table',
  'zx',
  'pcap-parser',
  'node-pcap',
  '@redis/client',
  'pino',
  'prom-client',
  'bullmq',
  'ioredis',
]

/** Modules that stay where they are: four find files beside themselves; the others are for captures from pipes and for the store of sessions. */
const beside = staying('beside', [
  'report/html/assets',
  'observe/live/pcap/child-path',
  'author/record/recorder-path',
  'cli/run-worker-path',
  'capture/classic-pipe',
  'sharing/store/open-store',
])

/**
 * The same of what few replays need, configurations and the targets that they name among it: what is loaded late makes the
 * constants of a bundle variables, which costs hot loops, and what is not in it need not be read.
 */
const rare = staying('rare', [
  'cli/configured',
  'cli/replay-eve',
  'suite/own-profile',
  'suite/stateless-file',
])

/**
 * @param {string} name
 * @param {readonly string[]} modules by their paths in dist; the last part of each is its own
 */
function staying(name, modules) {
  return {
    name,
    /** @param {import('esbuild').PluginBuild} bundler */
    setup(bundler) {
      for (const module of modules) {
        const filter = new RegExp(`/${module.slice(module.lastIndexOf('/') + 1)}\\.js$`)
        bundler.onResolve({ filter }, () => ({ path: `../${module}.js`, external: true }))
      }
    },
  }
}

/**
 * Modules of Node's own that a replay seldom or never needs, each loaded when something of it is asked for: these bring sockets
 * and streams with them, a tenth of the start.
 */
const SELDOM = ['node:net', 'node:child_process']

const seldom = {
  name: 'seldom',
  /** @param {import('esbuild').PluginBuild} bundler */
  setup(bundler) {
    bundler.onResolve({ filter: new RegExp(`^(${SELDOM.join('|')})$`) }, ({ path, namespace }) =>
      namespace === 'seldom' ? { path, external: true } : { path, namespace: 'seldom' },
    )
    bundler.onLoad({ filter: /.*/, namespace: 'seldom' }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter((name) => name !== 'default')
      const getters = names.map((name) => `get ${name}() { return require('${path}').${name} }`)
      return { contents: `module.exports = { ${getters.join(', ')} }` }
    })
  },
}

/** What would be loaded late, by who only tells that it is there. */
const uncalled = {
  name: 'uncalled',
  /** @param {import('esbuild').PluginBuild} bundler */
  setup(bundler) {
    bundler.onResolve({ filter: /.*/ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    )
  },
}

/** Words of zod in other languages than English, three quarters of it, which nobody asks for. */
const english = {
  name: 'english',
  /** @param {import('esbuild').PluginBuild} bundler */
  setup(bundler) {
    bundler.onLoad({ filter: /[/]zod[/]v4[/]locales[/]index[.]js$/ }, () => ({
      contents: "export { default as en } from './en.js'",
    }))
  },
}

/** A replay that runs the code which every replay runs. */
const WARM_UP = ['replay', 'captures/echo-ladder-ipv4.pcap', '--profile', 'suricata-7', '--quiet']

await main(async (root) => {
  const bin = join(root, 'dist/bin')
  rmSync(bin, { recursive: true, force: true })
  /** @satisfies {import('esbuild').BuildOptions} */
  const common = /** @type {const} */ ({
    absWorkingDir: root,
    outdir: 'dist/bin',
    bundle: true,
    platform: 'node',
    target: 'node20',
    external: PACKAGES,
    plugins: [beside],
    logLevel: 'warning',
  })
  /** @satisfies {import('esbuild').BuildOptions} */
  const modules = /** @type {const} */ ({
    ...common,
    plugins: [beside, english],
    splitting: true,
    minifyWhitespace: true,
    lineLimit: 160,
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    chunkNames: '[name]-[hash]',
    // What is CommonJS inside (commander) asks for Node's own modules by require.
    banner: {
      js: "import { createRequire as requireFor } from 'node:module'; const require = requireFor(import.meta.url);",
    },
  })
  await build({ ...modules, entryPoints: { cli: 'dist/cli/main.js' } })
  // By itself: with what it has in common with the command in files of their own, it would load three times as many of them.
  await build({ ...modules, entryPoints: { 'run-worker': 'dist/cli/run-worker.js' } })
  // One script that gives a function of what a script has not by itself, so that it can be run with code made before.
  const { outputFiles } = await build({
    ...common,
    entryPoints: { replay: 'dist/cli/replay-main.js' },
    format: 'cjs',
    define: { 'import.meta.url': 'bundleUrl' },
    plugins: [beside, rare, seldom],
    // Without comments all is ASCII, which is read as it is and takes V8 half the memory.
    minifyWhitespace: true,
    lineLimit: 160,
    write: false,
  })
  const [replay] = outputFiles
  const text = replay?.text.replaceAll(' import("', ' load("')
  writeFileSync(join(bin, 'replay.js'), `(function (require, load, bundleUrl) {${text}\n})`)
  await build({
    ...common,
    entryPoints: { help: 'dist/cli/help-main.js' },
    format: 'cjs',
    plugins: [uncalled],
  })
  // What runs in the reader's browser.
  await build({
    absWorkingDir: root,
    entryPoints: {
      page: 'harness/report/html/client/main.ts',
      'sweep-page': 'harness/report/html/client/sweep.ts',
    },
    outdir: 'dist/bin',
    bundle: true,
    format: 'iife',
    target: 'es2022',
    minify: true,
    logLevel: 'warning',
  })
  writeFileSync(join(bin, 'package.json'), '{ "type": "commonjs" }\n')
  copyFileSync(join(root, 'scripts/lib/launcher.cjs'), join(bin, 'main.js'))
  // What V8 makes of the bundle is a matter of speed alone: without it, it is made anew at each start.
  spawnSync(
    process.execPath,
    [join(root, 'scripts/lib/warm.cjs'), join(bin, 'replay.js'), join(bin, 'replay.code'), ...WARM_UP],
    { cwd: root, stdio: 'ignore' },
  )
})
