import type { Conversation } from './conversation.test.ts'
import { isUncovered, type JudgeConversations } from './judged.test.ts'

/**
 * The fewest packets of a conversation that still show a difference which no line covers, found by leaving out ever smaller
 * parts (delta debugging); all parts of a round are judged at once.
 */
export async function shrink(conversation: Conversation, judge: JudgeConversations): Promise<Conversation> {
  let smallest = conversation
  let parts = 2
  while (smallest.frames.length > 1) {
    const candidates = without(smallest, parts)
    const judged = await judge(candidates)
    const found = candidates.find((_, index) => isUncovered(judged[index] ?? []))
    if (found !== undefined) {
      smallest = found
      parts = Math.max(2, Math.min(parts - 1, found.frames.length))
    } else if (parts >= smallest.frames.length) return smallest
    else parts = Math.min(parts * 2, smallest.frames.length)
  }
  return smallest
}

/** The conversation without each of so many parts. */
function without(conversation: Conversation, parts: number): Conversation[] {
  const { frames } = conversation
  return Array.from({ length: parts }, (_, part) => {
    const [from, to] = [part, part + 1].map((edge) => Math.floor((frames.length * edge) / parts))
    return { ...conversation, frames: frames.filter((_frame, at) => at < (from ?? 0) || at >= (to ?? 0)) }
  })
}
