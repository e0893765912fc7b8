import { putU16 } from '../../wire/bytes.ts'
import { packet } from '../example-engine.test.ts'
import type { Conversation, ConversationFrame } from './conversation.test.ts'

/** Ports of a server that belong to no application of which Suricata waits for more. */
const QUIET = 7007

/**
 * Conversations about line `application-moment`: the other side has just told that the application is not known, and stale data,
 * which an old timestamp makes an error, is the side's first packet after that.
 */
export const MOMENTS: readonly Conversation[] = [40, 400].map((length, index) => {
  const lines = [
    '> S 0 ts=100/0',
    '< SA 0 1 ts=100/100',
    '> A 1 1 ts=101/100',
    `< PA 1 1 len=${length} ts=101/101`,
    `> PA 1 ${length + 1} len=${length} ts=102/101`,
    `< PA -90 ${length + 1} len=20 ts=5/102`,
    `< PA -90 ${length + 1} len=20 ts=5/102`,
  ]
  const frames = lines.map((line, at): ConversationFrame => {
    const { bytes } = packet(line)
    const toServer = line.startsWith('>')
    putU16(bytes, toServer ? 36 : 34, QUIET)
    return { time: at * 1e6, bytes, kind: at < 5 ? 'in-order' : 'overlap', toServer, line }
  })
  const none = new Uint8Array(0)
  return { index: 1_000_000 + index, family: 'ipv4', protocol: 'tcp', client: none, server: none, frames }
})
