// Bundles the command into dist/bin: a hundred small modules take Node 50 ms longer to load than a few larger ones.
import { rmSync } from 'node:fs'
import { build } from 'esbuild'
import { main } from './lib/main.mjs'

/** Packages that stay packages: they are loaded late, or are native. */
const PACKAGES = ['zod', 'yaml', 'mocha', 'chai', 'table', 'zx', 'pcap-parser', 'node-pcap']

/** Modules that read files beside themselves stay where they are. */
const beside = {
  name: 'beside',
  /** @param {import('esbuild').PluginBuild} bundler */
  setup(bundler) {
    bundler.onResolve({ filter: /\/assets\.js$/ }, () => ({
      path: '../report/html/assets.js',
      external: true,
    }))
  },
}

await main(async (root) => {
  rmSync(`${root}/dist/bin`, { recursive: true, force: true })
  await build({
    absWorkingDir: root,
    entryPoints: ['dist/cli/main.js', 'dist/capture/reader-thread.js'],
    outdir: 'dist/bin',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    entryNames: '[name]',
    chunkNames: '[name]-[hash]',
    external: PACKAGES,
    plugins: [beside],
    logLevel: 'warning',
    // What is CommonJS inside (commander) asks for Node's own modules by require.
    banner: {
      js: "import { createRequire as requireFor } from 'node:module'; const require = requireFor(import.meta.url);",
    },
  })
})
