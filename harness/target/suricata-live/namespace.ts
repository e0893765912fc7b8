import { together } from '../lab/commands.ts'
import { quiet, withoutOffloads } from '../lab/lab.ts'

/**
 * The interfaces of a host in its namespace. Suricata bridges `in` to `out`; its own packets leave by `own`, where it does not
 * take them for packets that came in. Packets of both directions come by `in`: Suricata processes those of one interface in the order in
 * which they were sent; with two interfaces, an answer could be processed before the packet that it answers.
 */
export const LINK = { in: 'i', out: 'o', own: 'r' } as const

/** Turns a namespace into a host for Suricata: its kernel has no address, so that it forwards and answers nothing by itself. */
export function namespaceScript(): string {
  const links = Object.values(LINK)
  return `ip link set lo up\n${quiet(links)}${together(links.map(withoutOffloads))}`
}
