import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { installArgs, installs, readRelease, suiteSource } from './apt.mjs'
import { reasonIn, run } from './child.mjs'
import { isThere, missing, readNeeds } from './needs.mjs'
import { say } from './say.mjs'

/** @typedef {import('./needs.mjs').Need} Need */

const APT_OPTIONS =
  '-q --no-install-recommends -o DPkg::Lock::Timeout=300 -o Acquire::http::Timeout=20'.split(' ')

/**
 * Installs the system packages that these purposes need and lack, when this is root on Debian or Ubuntu; otherwise, or when apt
 * cannot, says which are missing and what to type. Nothing that flowbreak's main job needs is among them, so it never throws.
 * @param {readonly string[]} purposes
 */
export async function installSystemPackages(purposes) {
  const absent = missing(readNeeds(), purposes)
  if (absent.length === 0) return
  const release = readRelease(readIfThere('/etc/os-release'))
  if (!release.apt || process.getuid?.() !== 0) {
    tellMissing(absent, release)
    return
  }
  addSuites(absent, release.codename)
  say('reading the package lists (apt-get update)')
  const update = await apt(['update'])
  if (!update.ok) say(`apt-get update failed, so the lists may be old: ${reasonIn(update.output)}`)
  for (const { suite, packages } of installs(absent, release.codename)) {
    say(`installing ${packages.join(', ')}`)
    await install(packages, suite)
  }
  const left = absent.filter((need) => !isThere(need))
  if (left.length > 0) tellMissing(left, release)
}

/**
 * Installs these packages together or, where one of them stands in the others' way, one by one.
 * @param {readonly string[]} packages
 * @param {string | undefined} suite
 */
async function install(packages, suite) {
  const { ok, output } = await apt(installArgs(packages, suite))
  if (ok) return
  if (packages.length === 1) say(`apt-get could not install ${packages[0]}: ${reasonIn(output)}`)
  else for (const one of packages) await install([one], suite)
}

/** @param {readonly string[]} args */
function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' }
  return run('apt-get', [...APT_OPTIONS, ...args], { env })
}

/**
 * @param {readonly Need[]} needs
 * @param {{ apt: boolean, codename: string }} release
 */
function tellMissing(needs, release) {
  say(
    `not here, and what needs it is skipped: ${needs.map((need) => `${need.package} (${need.why})`).join(', ')}`,
  )
  const commands = installs(needs, release.codename).map(
    ({ suite, packages }) => `sudo apt-get ${installArgs(packages, suite).join(' ')}`,
  )
  say(`${release.apt ? 'to have it' : 'on Debian or Ubuntu'}, type: ${commands.join(' && ')}`)
}

/**
 * Adds the suites that the needs come from and that apt lacks. What an earlier set-up added is written anew, for the machine's own
 * source may have moved since.
 * @param {readonly Need[]} needs
 * @param {string} codename
 */
function addSuites(needs, codename) {
  const folder = '/etc/apt/sources.list.d'
  const paths = [
    '/etc/apt/sources.list',
    ...(existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []),
  ]
  const files = paths
    .filter((path) => /\.(list|sources)$/.test(path) && !basename(path).startsWith('flowbreak-'))
    .map((path) => ({ path, text: readIfThere(path) }))
  for (const { suite } of installs(needs, codename)) {
    const source = suite === undefined ? undefined : suiteSource(files, codename, suite)
    if (source === undefined) continue
    say(`adding ${suite} to apt's sources (${join(folder, source.name)})`)
    writeFileSync(join(folder, source.name), source.text)
  }
}

/** @param {string} path */
function readIfThere(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}
