import { basename } from 'node:path'

/** @typedef {import('./needs.mjs').Need} Need */

/**
 * What `/etc/os-release` says: whether apt's Debian packages are here, and the release's code name.
 * @param {string} text
 */
export function readRelease(text) {
  const fields = new Map(
    [...text.matchAll(/^([A-Z_]+)="?([^"\n]*)"?$/gm)].map(([, key = '', value = '']) => [key, value]),
  )
  const names = `${fields.get('ID') ?? ''} ${fields.get('ID_LIKE') ?? ''}`.split(' ')
  return {
    apt: names.includes('debian') || names.includes('ubuntu'),
    codename: fields.get('VERSION_CODENAME') ?? '',
  }
}

/**
 * The packages of these needs by the suite that they come from, undefined for the release itself. A need's suite counts only on the release that the
 * suite belongs to; any other release is asked for the package itself.
 * @param {readonly Need[]} needs
 * @param {string} codename
 * @returns {{ suite: string | undefined, packages: string[] }[]}
 */
export function installs(needs, codename) {
  /** @type {Map<string | undefined, string[]>} */
  const bySuite = new Map()
  for (const need of needs) {
    const suite = need.suite?.startsWith(`${codename}-`) ? need.suite : undefined
    bySuite.set(suite, [...(bySuite.get(suite) ?? []), need.package])
  }
  return [...bySuite].map(([suite, packages]) => ({ suite, packages }))
}

/**
 * What follows `apt-get` to install packages, from a suite or from the release.
 * @param {readonly string[]} packages
 * @param {string | undefined} suite
 */
export function installArgs(packages, suite) {
  return ['install', '-y', ...(suite === undefined ? [] : ['-t', suite]), ...packages]
}

/**
 * The apt source that adds `suite`: a copy of the machine's own source of `codename`, so that it comes from the same place.
 * @param {readonly { path: string, text: string }[]} files the machine's source files, one-line or deb822
 * @param {string} codename
 * @param {string} suite
 * @returns {{ name: string, text: string } | undefined} undefined when the suite is there, or there is nothing to copy
 */
export function suiteSource(files, codename, suite) {
  const sources = files.flatMap((file) =>
    basename(file.path).endsWith('.sources') ? stanzas(file.text) : lines(file.text),
  )
  if (sources.some((source) => source.suites.includes(suite))) return undefined
  const own = sources.find((source) => source.suites.includes(codename))
  return own && { name: `flowbreak-${suite}.${own.extension}`, text: own.withSuite(suite) }
}

/** @param {string} text */
function stanzas(text) {
  const plain = text.replace(/^#.*\n?/gm, '')
  return plain
    .split(/\n\s*\n/)
    .filter((stanza) => /^Types:.*\bdeb\b/m.test(stanza) && !/^Enabled:\s*no/im.test(stanza))
    .map((stanza) => ({
      extension: 'sources',
      suites: /^Suites:(.*)$/m.exec(stanza)?.[1]?.trim().split(/\s+/) ?? [],
      withSuite: (/** @type {string} */ suite) =>
        `${stanza.trim().replace(/^Suites:.*$/m, `Suites: ${suite}`)}\n`,
    }))
}

/** @param {string} text */
function lines(text) {
  return [...text.matchAll(/^(deb\s+(?:\[[^\]]*\]\s+)?\S+)\s+(\S+)(.*)$/gm)].map(
    ([, head = '', own = '', tail = '']) => ({
      extension: 'list',
      suites: [own],
      withSuite: (/** @type {string} */ suite) => `${head} ${suite}${tail}\n`,
    }),
  )
}
