import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** Where the stamp of an installed `node_modules` and of a built `dist` lie: each goes with the folder that it speaks for. */
export const INSTALL_STAMP = 'node_modules/.flowbreak-setup'
export const BUILD_STAMP = 'dist/.stamp'

/**
 * What an installed `node_modules` depends on, as one hash: the lock, package.json, the version of Node and the architecture.
 * @param {string} root
 * @param {string} [node]
 * @param {string} [arch]
 */
export function installDigest(root, node = process.version, arch = process.arch) {
  const hash = createHash('sha256').update(`${node}\0${arch}\0`)
  for (const name of ['package-lock.json', 'package.json'])
    hash.update(readOr(join(root, name), '')).update('\0')
  return hash.digest('hex')
}

/**
 * What a built `dist` depends on, as one hash: names and contents of harness' sources and assets, and how they are compiled.
 * @param {string} root
 */
export function buildDigest(root) {
  const hash = createHash('sha256')
  for (const name of ['tsconfig.json', 'tsconfig.build.json', ...shipped(root)]) {
    hash
      .update(`${name}\0`)
      .update(readOr(join(root, name), ''))
      .update('\0')
  }
  return hash.digest('hex')
}

/**
 * The files of harness that are built or copied into `dist`, relative to `root` and sorted: sources and assets, without tests and
 * their fixtures.
 * @param {string} root
 * @returns {string[]}
 */
export function shipped(root) {
  return filesUnder(join(root, 'harness'))
    .map((path) => relative(root, path))
    .filter(
      (name) =>
        /\.(ts|json|html|css|js)$/.test(name) &&
        !/\.(test|contract|golden)\.|\/(fixtures|golden)\//.test(name),
    )
    .sort()
}

/**
 * All files under a folder, none when it is absent.
 * @param {string} folder
 * @returns {string[]}
 */
export function filesUnder(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesUnder(path) : path
  })
}

/**
 * Whether the stamp at `path` says `digest`.
 * @param {string} path
 * @param {string} digest
 */
export function isStamped(path, digest) {
  return readOr(path, '') === `${digest}\n`
}

/**
 * @param {string} path
 * @param {string} digest
 */
export function stamp(path, digest) {
  writeFileSync(path, `${digest}\n`)
}

/**
 * @param {string} path
 * @param {string} otherwise
 */
function readOr(path, otherwise) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return otherwise
  }
}
