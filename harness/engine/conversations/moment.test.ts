import { putU16 } from '../../wire/bytes.ts'
import { packet } from '../example-engine.test.ts'
import type { Conversation, ConversationFrame } from './conversation.test.ts'

/** Ports of a server that belong to no application of which Suricata waits for more. */
const QUIET = 7007
const HTTP = 80

/**
 * Conversations about line `application-moment`. In the first ones the other side has just told that the application is not known,
 * and stale data, which an old timestamp makes an error, is the side's first packet after that.
 */
export const MOMENTS: readonly Conversation[] = [
  ...[40, 400].map((length) =>
    conversation(QUIET, 5, [
      '> S 0 ts=100/0',
      '< SA 0 1 ts=100/100',
      '> A 1 1 ts=101/100',
      `< PA 1 1 len=${length} ts=101/101`,
      `> PA 1 ${length + 1} len=${length} ts=102/101`,
      `< PA -90 ${length + 1} len=20 ts=5/102`,
      `< PA -90 ${length + 1} len=20 ts=5/102`,
    ]),
  ),
  // Picked up on the server's packet, with what only an application's port keeps waiting for.
  conversation(HTTP, 4, [
    '< A 1 1 len=2',
    '< PA 3 1 len=3000',
    '> PA 1 3003 len=100',
    '< A 3003 101',
    '> F -50 len=10',
  ]),
  // The same, and what is missing makes it believe a RST that is wrong.
  conversation(HTTP, 1, [
    '< PA 2038 3 len=100',
    '> PA 4 2138 len=536',
    '< A 2138 540',
    '> PA 540 2138 len=536',
    '> A 1076 2138',
    '< A 2138 1076',
    '< RA 2238 1076',
  ]),
  // The server's first bytes come after they were given up for missing: they tell nothing any more.
  conversation(QUIET, 2, [
    '> S 0 ts=100/0',
    '< SA 0 1 ts=100/100',
    '< FA 101 1 len=30 ts=101/100',
    '< PA 1 6 len=536 ts=102/100',
    '> PA 6 1073 len=1200 ts=103/102',
    '> PA 1206 1073 len=1 ts=104/102',
    '> A 1207 -1073740751 ts=105/102',
    '< FA 1073 1207 len=100 ts=106/105',
    '< PA -90 1207 len=2 ts=5/105',
  ]),
].map((each, index) => ({ ...each, index: 1_000_000 + index }))

/** Lines of which the first ones are in order, between ports of which the server's is `port`. */
function conversation(port: number, inOrder: number, lines: readonly string[]): Conversation {
  const frames = lines.map((line, at): ConversationFrame => {
    const { bytes } = packet(line)
    const toServer = line.startsWith('>')
    putU16(bytes, toServer ? 36 : 34, port)
    return { time: at * 1e6, bytes, kind: at < inOrder ? 'in-order' : 'overlap', toServer, line }
  })
  const none = new Uint8Array(0)
  return { index: 0, family: 'ipv4', protocol: 'tcp', client: none, server: none, frames }
}
