// Bundles the command into dist/bin: a hundred small modules take Node 50 ms longer to load than a few larger ones.
import { spawnSync } from 'node:child_process'
import { copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { main } from './lib/main.mjs'

/** Packages that stay packages: they are loaded late, or are native. */
const PACKAGES = ['zod', 'yaml', 'mocha', 'chai', 'table', 'zx', 'pcap-parser', 'node-pcap', '@redis/client']

/**
 * Modules that stay where they are: two find files beside themselves; the others are for captures from pipes and for the store of
 * sessions, and what is loaded late makes the bundle's constants variables, which costs hot loops.
 */
const beside = {
  name: 'beside',
  /** @param {import('esbuild').PluginBuild} bundler */
  setup(bundler) {
    bundler.onResolve({ filter: /\/assets\.js$/ }, () => ({
      path: '../report/html/assets.js',
      external: true,
    }))
    bundler.onResolve({ filter: /\/classic-pipe\.js$/ }, () => ({
      path: '../capture/classic-pipe.js',
      external: true,
    }))
    bundler.onResolve({ filter: /\/child-path\.js$/ }, () => ({
      path: '../observe/live/pcap/child-path.js',
      external: true,
    }))
    bundler.onResolve({ filter: /\/open-store\.js$/ }, () => ({
      path: '../sharing/store/open-store.js',
      external: true,
    }))
  },
}

/** The same of a replay alone: configurations, and the targets that they name. */
const besideReplay = {
  name: 'beside-replay',
  /** @param {import('esbuild').PluginBuild} bundler */
  setup(bundler) {
    bundler.onResolve({ filter: /\/configured\.js$/ }, () => ({
      path: '../cli/configured.js',
      external: true,
    }))
  },
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
  await build({
    ...common,
    entryPoints: { cli: 'dist/cli/main.js' },
    splitting: true,
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    chunkNames: '[name]-[hash]',
    // What is CommonJS inside (commander) asks for Node's own modules by require.
    banner: {
      js: "import { createRequire as requireFor } from 'node:module'; const require = requireFor(import.meta.url);",
    },
  })
  // One script that gives a function of what a script has not by itself, so that it can be run with code made before.
  const { outputFiles } = await build({
    ...common,
    entryPoints: { replay: 'dist/cli/replay-main.js' },
    format: 'cjs',
    define: { 'import.meta.url': 'bundleUrl' },
    plugins: [beside, besideReplay, seldom],
    // Without comments all is ASCII, which is read as it is and takes V8 half the memory.
    minifyWhitespace: true,
    lineLimit: 160,
    write: false,
  })
  const [replay] = outputFiles
  const text = replay?.text.replaceAll(' import("', ' load("')
  writeFileSync(join(bin, 'replay.js'), `(function (require, load, bundleUrl) {${text}\n})`)
  writeFileSync(join(bin, 'package.json'), '{ "type": "commonjs" }\n')
  copyFileSync(join(root, 'scripts/lib/launcher.cjs'), join(bin, 'main.js'))
  // What V8 makes of the bundle is a matter of speed alone: without it, it is made anew at each start.
  spawnSync(
    process.execPath,
    [join(root, 'scripts/lib/warm.cjs'), join(bin, 'replay.js'), join(bin, 'replay.code'), ...WARM_UP],
    { cwd: root, stdio: 'ignore' },
  )
})
