// Bundles the command into dist/bin: hundreds of modules take Node longer to load and to compile than most commands take to run. Two
// scripts, of replay and of all else, are run with the code that V8 makes of them here.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { places, seldom, staying, unasked, uncalled } from './lib/bundle-plugins.mjs'
import { asScript, joinParts } from './lib/join-parts.mjs'
import { main } from './lib/main.mjs'

/** Packages that stay packages: they are loaded late, or are native. */
const PACKAGES = [
  'zx',
  'pcap-parser',
  'node-pcap',
  '@redis/client',
  'pino',
  'prom-client',
  'bullmq',
  'ioredis',
]

/**
 * What few replays need: configurations and the targets that they name among it. What is loaded late makes the constants of a bundle
 * in one piece variables, which costs hot loops, and what is not in it need not be read.
 */
const RARE = [
  'cli/configured',
  'cli/replay-eve',
  'suite/own-profile',
  'suite/stateless-file',
  'capture/classic-pipe',
  'sharing/store/open-store',
]

/**
 * What the scripts are called for to have V8 make the code that their calls need: a run needs most of what the other commands do.
 * @param {string} output where runs are kept
 */
const warmUps = (output) => ({
  command: ['run', 'suites/core/icmp-errors.yaml', '--output', output],
  replay: ['replay', 'captures/echo-ladder-ipv4.pcap', '--profile', 'suricata-7', '--quiet'],
})

await main(async (root) => {
  const bin = join(root, 'dist/bin')
  rmSync(bin, { recursive: true, force: true })
  mkdirSync(bin)
  writeFileSync(join(bin, 'package.json'), '{ "type": "commonjs" }\n')

  /** @satisfies {import('esbuild').BuildOptions} */
  const common = /** @type {const} */ ({
    absWorkingDir: root,
    outdir: 'dist/bin',
    bundle: true,
    platform: 'node',
    target: 'node20',
    external: PACKAGES,
    logLevel: 'warning',
  })
  /** @satisfies {import('esbuild').BuildOptions} */
  const script = /** @type {const} */ ({
    ...common,
    define: { 'import.meta.url': 'bundleUrl' },
    minifyWhitespace: true,
    lineLimit: 160,
    legalComments: 'none',
    write: false,
  })
  const ours = places(join(root, 'dist'))
  const command = await build({
    ...script,
    entryPoints: { cli: 'dist/cli/main.js', 'run-worker': 'dist/cli/run-worker.js' },
    format: 'esm',
    splitting: true,
    metafile: true,
    chunkNames: '[name]-[hash]',
    plugins: [ours, seldom, unasked],
  })
  writeFileSync(join(bin, 'command.js'), joinParts(command))
  const replay = await build({
    ...script,
    entryPoints: { replay: 'dist/cli/replay-main.js' },
    format: 'cjs',
    plugins: [ours, staying(RARE), seldom],
  })
  writeFileSync(join(bin, 'replay.js'), asScript(replay.outputFiles[0]?.text ?? ''))
  await build({
    ...common,
    entryPoints: { help: 'dist/cli/help-main.js' },
    format: 'cjs',
    define: { 'import.meta.url': 'bundleUrl' },
    banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href" },
    plugins: [ours, uncalled],
  })
  await build({
    ...common,
    entryPoints: { main: 'scripts/lib/launcher.cjs', 'run-worker': 'scripts/lib/run-worker.cjs' },
    format: 'cjs',
  })
  // What other programs import. One that TypeScript is made JavaScript for as it loads has that done to each module it reaches.
  await build({
    ...common,
    entryPoints: { index: 'dist/index.js', mocha: 'dist/mocha.js', chai: 'dist/chai.js' },
    external: [...PACKAGES, 'chai', 'mocha'],
    format: 'esm',
    splitting: true,
    outExtension: { '.js': '.mjs' },
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const bundleUrl = import.meta.url, require = requireFrom(bundleUrl)",
    },
    plugins: [ours, unasked],
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

  // What V8 makes of the scripts is a matter of speed alone: without it, it is made anew at each start.
  const runs = mkdtempSync(join(tmpdir(), 'flowbreak-build-'))
  for (const [name, args] of Object.entries(warmUps(runs)))
    spawnSync(
      process.execPath,
      [join(root, 'scripts/lib/warm.cjs'), join(bin, `${name}.js`), join(bin, `${name}.code`), ...args],
      { cwd: root, stdio: 'ignore' },
    )
  rmSync(runs, { recursive: true })
})
