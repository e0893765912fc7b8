import { expect } from 'chai'
import type { Conversation, ConversationFrame } from './conversation.test.ts'
import type { JudgeConversations, JudgedFrame } from './judged.test.ts'
import { shrink } from './shrink.test.ts'

describe('engine: shrinking conversations', () => {
  const frame = (line: string): ConversationFrame => {
    return { time: 0, bytes: new Uint8Array(0), kind: 'in-order', toServer: true, line }
  }
  const whole: Conversation = {
    index: 0,
    family: 'ipv4',
    protocol: 'tcp',
    client: new Uint8Array(0),
    server: new Uint8Array(0),
    frames: Array.from({ length: 37 }, (_, index) => frame(`${index}`)),
  }
  /** Says that they differ about the last packet where all of these are there. */
  const differs =
    (...lines: readonly string[]): JudgeConversations =>
    async (conversations) =>
      conversations.map((conversation): JudgedFrame[] => {
        const there = lines.every((line) => conversation.frames.some((each) => each.line === line))
        return [
          { conversation, index: 0, frame: frame(''), ours: 'a', theirs: there ? 'b' : 'a', equal: !there },
        ]
      })

  it('leaves what the difference needs, and nothing else', async () => {
    for (const needed of [['36'], ['0', '17'], ['3', '4', '30', '36']]) {
      const { frames } = await shrink(whole, differs(...needed))
      expect(frames.map(({ line }) => line)).to.deep.equal(needed)
    }
  })
})
