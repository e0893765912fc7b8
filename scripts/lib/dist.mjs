import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { reasonIn } from './child.mjs'
import { npm } from './npm.mjs'
import { SetupError, say } from './say.mjs'
import { BUILD_STAMP, buildDigest, filesUnder, isStamped, shipped, stamp } from './stamp.mjs'

const MAIN = 'dist/bin/main.js'
/** What the bundler made; none of it has a source of its own. */
const BUNDLE = 'dist/bin/'
const BIN = 'node_modules/.bin/flowbreak'

/**
 * Builds `dist` unless its stamp is that of the sources as they are, and mends the link to the command.
 * @param {string} root
 */
export async function buildIfStale(root) {
  if (isStamped(join(root, BUILD_STAMP), buildDigest(root)) && existsSync(join(root, MAIN))) {
    linkBin(root)
    return
  }
  say('building dist (npm run build)')
  const { ok, output } = await npm(root, ['run', '--silent', 'build'])
  if (!ok)
    throw new SetupError(
      `the build failed (${reasonIn(output)}): mend that, or type npm run build to see all it says.`,
    )
}

/**
 * Makes what tsc left in `dist` whole: copies the assets, removes what has no source any more, makes the command executable, links
 * it, and stamps `dist`, unless a source changed while tsc ran.
 * @param {string} root
 */
export function finishBuild(root) {
  if (!existsSync(join(root, MAIN)))
    throw new SetupError(`${MAIN} was not built: is harness/cli/main.ts there?`)
  const sources = shipped(root)
  copyAssets(root, sources)
  removeOrphans(root, sources)
  chmodSync(join(root, MAIN), 0o755)
  linkBin(root)
  const built = statSync(join(root, MAIN)).mtimeMs
  if (sources.every((name) => statSync(join(root, name)).mtimeMs <= built))
    stamp(join(root, BUILD_STAMP), buildDigest(root))
}

/**
 * Links the command into `node_modules/.bin`, as npm does for every package but the root one. Does nothing when it is linked or
 * there is no `node_modules`.
 * @param {string} root
 */
export function linkBin(root) {
  const link = join(root, BIN)
  const target = relative(dirname(link), join(root, MAIN))
  if (!existsSync(join(root, 'node_modules'))) return
  const there = lstatSync(link, { throwIfNoEntry: false })
  if (there?.isSymbolicLink() && readlinkSync(link) === target) return
  mkdirSync(dirname(link), { recursive: true })
  rmSync(link, { force: true })
  symlinkSync(target, link)
}

/**
 * @param {string} root
 * @param {readonly string[]} sources
 */
function copyAssets(root, sources) {
  for (const name of sources.filter((source) => !source.endsWith('.ts'))) {
    const copy = join(root, distName(name))
    mkdirSync(dirname(copy), { recursive: true })
    copyFileSync(join(root, name), copy)
  }
}

/**
 * @param {string} root
 * @param {readonly string[]} sources
 */
function removeOrphans(root, sources) {
  const expected = new Set(
    sources.flatMap((name) => {
      const own = distName(name)
      return own.endsWith('.ts') ? [own.replace(/ts$/, 'js'), own.replace(/ts$/, 'd.ts')] : own
    }),
  )
  for (const path of filesUnder(join(root, 'dist'))) {
    const name = relative(root, path)
    if (!expected.has(name) && !name.startsWith(BUNDLE)) rmSync(path)
  }
}

/** @param {string} name */
function distName(name) {
  return name.replace(/^harness\//, 'dist/')
}
