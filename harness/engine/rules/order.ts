import { isQuestion } from './flowbits.ts'
import type { Rule, RuleAction } from './rule.ts'
import type { Signature } from './signature.ts'

const ACTIONS: readonly RuleAction[] = ['pass', 'drop', 'reject', 'alert']

/**
 * The order in which rules are evaluated and decide. Action order: pass, drop, reject, alert; within these, rules that set flowbits
 * before those that test them; then by priority, then by sid (Suricata 7, detect-engine-sigorder.c). Strict order: as written.
 */
export function inOrder(signatures: readonly Signature[], order: 'action' | 'strict'): readonly Signature[] {
  return order === 'strict' ? signatures : signatures.toSorted((a, b) => compare(a.rule, b.rule))
}

function compare(a: Rule, b: Rule): number {
  return (
    ACTIONS.indexOf(a.action) - ACTIONS.indexOf(b.action) ||
    flowbitRank(a) - flowbitRank(b) ||
    a.priority - b.priority ||
    a.sid - b.sid
  )
}

/** 0: sets only, 1: sets and tests, 2: tests only, 3: neither. */
function flowbitRank({ flowbits }: Rule): number {
  if (flowbits.length === 0) return 3
  if (flowbits.every(isQuestion)) return 2
  return flowbits.some(isQuestion) ? 1 : 0
}
