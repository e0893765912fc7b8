import { DIFFERENCES, type Disagreement, isAllInOrder } from '../differences.test.ts'
import { fold } from '../oracle-cases.test.ts'
import { judge } from '../oracle-compare.test.ts'
import type { OracleOptions } from '../oracle-suricata.test.ts'
import type { Conversation, ConversationFrame } from './conversation.test.ts'

/** A packet of a conversation, and what the engine and Suricata say about it. */
export interface JudgedFrame extends Disagreement {
  readonly frame: ConversationFrame
  readonly equal: boolean
  /** The id of the documented difference that covers it, where they do not agree. */
  readonly line?: string
}

/** Answers for each packet of each conversation, in order of the conversations. */
export type JudgeConversations = (conversations: readonly Conversation[]) => Promise<JudgedFrame[][]>

/** Plays all conversations at once, each in VLANs of its own, through the engine and real Suricata. */
export function judgeBy(options: OracleOptions, realEngine = 'Suricata 7.0.10'): JudgeConversations {
  return async (conversations) => {
    const { frames, owner } = fold(conversations.map((each) => ({ name: '', frames: each.frames })))
    const judged = await judge(frames, options)
    const result: JudgedFrame[][] = conversations.map(() => [])
    for (const [at, verdicts] of judged.entries()) {
      const conversation = conversations[owner[at] ?? 0]
      const own = result[owner[at] ?? 0]
      const index = own?.length ?? 0
      const frame = conversation?.frames[index]
      if (conversation === undefined || own === undefined || frame === undefined)
        throw new RangeError('lost a frame')
      own.push(withLine({ conversation, index, frame, ...verdicts }, own, realEngine))
    }
    return result
  }
}

/** What follows a covered difference in the same conversation follows from it. */
function withLine(judged: JudgedFrame, before: readonly JudgedFrame[], realEngine: string): JudgedFrame {
  if (judged.equal || isAllInOrder(judged.conversation, judged.index)) return judged
  const earlier = before.find(({ line }) => line !== undefined)?.line
  const line =
    earlier ?? DIFFERENCES.find((each) => each.realEngine === realEngine && each.covers(judged))?.id
  return line === undefined ? judged : { ...judged, line }
}

/** Whether there is a difference that no line covers. */
export function isUncovered(judged: readonly JudgedFrame[]): boolean {
  return judged.some(({ equal, line }) => !equal && line === undefined)
}
