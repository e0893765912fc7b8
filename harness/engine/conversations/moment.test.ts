import { putU16 } from '../../wire/bytes.ts'
import { packet } from '../example-engine.test.ts'
import type { Conversation, ConversationFrame } from './conversation.test.ts'

/** A server's port where it depends on its bytes how many of them Suricata waits for. */
const POSTGRESQL = 5432
const LETTER = 0x78

/** Conversations about line `application-bytes`: stale data, which an old timestamp makes an error, comes when there is doubt. */
export const MOMENTS: readonly Conversation[] = [
  // The server's bytes might be the beginning of an answer of PostgreSQL's.
  conversation(POSTGRESQL, 6, [
    '> S 0 ts=100/0',
    '< SA 0 1 ts=100/100',
    '> A 1 1 ts=101/100',
    '> PA 1 1 len=40 ts=102/101',
    '< PA 1 41 len=10 ts=102/102',
    '> A 41 11 ts=103/102',
    '< PA -90 41 len=2 ts=5/102',
  ]),
].map((each, index) => ({ ...each, index: 1_000_000 + index }))

/** Lines of which the first ones are in order, between ports of which the server's is `port`; data is one letter over and over. */
function conversation(port: number, inOrder: number, lines: readonly string[]): Conversation {
  const frames = lines.map((line, at): ConversationFrame => {
    const { bytes } = packet(line)
    const toServer = line.startsWith('>')
    putU16(bytes, toServer ? 36 : 34, port)
    bytes.fill(LETTER, 34 + ((bytes[46] ?? 0) >> 4) * 4)
    return { time: at * 1e6, bytes, kind: at < inOrder ? 'in-order' : 'overlap', toServer, line }
  })
  const none = new Uint8Array(0)
  return { index: 0, family: 'ipv4', protocol: 'tcp', client: none, server: none, frames }
}
