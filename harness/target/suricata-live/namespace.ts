import { together } from '../lab/commands.ts'
import { quiet, withoutOffloads } from '../lab/lab.ts'

/**
 * The interfaces of a host in its namespace. Suricata bridges `in` to `out`, and what it sends itself leaves by `own`, where it does not
 * take it for something that came in. Packets of both directions come by `in`: of one interface Suricata takes them in the order in which
 * they were sent, of two side by side, so that an answer could be taken before what it answers.
 */
export const LINK = { in: 'i', out: 'o', own: 'r' } as const

/** Makes a namespace a host for Suricata: its kernel has no address, so that it passes nothing on by itself and answers nothing. */
export function namespaceScript(): string {
  const links = Object.values(LINK)
  return `ip link set lo up\n${quiet(links)}${together(links.map(withoutOffloads))}`
}
