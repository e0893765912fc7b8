import { join } from 'node:path'
import { reasonIn, run } from './child.mjs'
import { npm } from './npm.mjs'
import { SetupError, say } from './say.mjs'
import { INSTALL_STAMP, installDigest, isStamped, stamp } from './stamp.mjs'

/**
 * Runs `npm ci`, development and optional packages included, unless `node_modules` is stamped for this lock, package.json, Node
 * and architecture. The stamp is written last and `npm ci` begins by removing it, so a half-done install is done again. One
 * that had to go without node-pcap is done again as soon as nothing that it is built with is absent.
 * @param {string} root
 * @param {readonly string[]} absent the system packages that node-pcap is built with and that are not here
 */
export async function installPackages(root, absent) {
  const path = join(root, INSTALL_STAMP)
  const whole = installDigest(root)
  const without = `${whole} without node-pcap`
  if (isStamped(path, whole) || (absent.length > 0 && isStamped(path, without))) return
  say('installing the npm packages (npm ci)')
  const { ok, output } = await npm(root, [
    'ci',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
  ])
  if (!ok) {
    throw new SetupError(
      `npm ci failed (${reasonIn(output)}): mend that, or type npm ci to see all it says, then start again.`,
    )
  }
  const pcap = await run(process.execPath, ['--input-type=module', '-e', 'await import("node-pcap")'], {
    cwd: root,
  })
  if (!pcap.ok) tellNoPcap(absent)
  stamp(path, pcap.ok || absent.length === 0 ? whole : without)
}

/** @param {readonly string[]} absent */
function tellNoPcap(absent) {
  const remedy =
    absent.length > 0
      ? `install ${absent.join(', ')} and start again`
      : 'npm ci --foreground-scripts shows why'
  say(`node-pcap is not built, so live interfaces are skipped: ${remedy}`)
}
