import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from './doctor-finding.ts'

/** The kernel's number for Ethernet links (ARPHRD_ETHER). */
const ETHERNET = '1'

/** Whether there are interfaces for the devices of target inline: two that are up and not part of a bridge. */
export function inlineFinding(folder = '/sys/class/net'): Finding {
  const names = existsSync(folder) ? readdirSync(folder).sort() : []
  const usable = names.filter((name) => isUsable(join(folder, name)))
  return {
    name: 'two interfaces',
    there: usable.length >= 2,
    why: `target inline: a device between two Ethernet interfaces that are up${usable.length === 0 ? '' : ` (here: ${usable.join(', ')})`}; one is enough for VLANs`,
    remedy: 'ip link set dev INTERFACE up  (of those that ip -brief link shows)',
  }
}

function isUsable(device: string): boolean {
  const read = (file: string) => {
    try {
      return readFileSync(join(device, file), 'utf8').trim()
    } catch {
      return ''
    }
  }
  return read('type') === ETHERNET && read('carrier') === '1' && !existsSync(join(device, 'master'))
}
