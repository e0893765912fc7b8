import type { Proposal } from '../author/scaffold/propose.ts'
import { type Item, reviewItems } from '../author/scaffold/review.ts'
import { wrap } from '../report/wrap.ts'
import { choose, FRAME, show } from './ask.ts'

type Opinion = 'agree' | 'leave' | 'stop'

/** Asks about each proposal whether it is what the firewall should do; returns the proposals with the answers. */
export async function review(proposals: readonly Proposal[], columns: number): Promise<readonly Proposal[]> {
  const items = reviewItems(proposals)
  const agreed = new Map<Proposal, Set<string>>(proposals.map((proposal) => [proposal, new Set()]))
  for (const [index, item] of items.entries()) {
    show(`${index + 1} of ${items.length}`, linesOf(item, columns - FRAME))
    const opinion = await choose<Opinion>('Is this what the firewall is to do?', [
      { value: 'agree', label: 'Yes', hint: 'no longer marked; it counts as its source does' },
      { value: 'leave', label: 'Not sure', hint: 'stays marked as unreviewed' },
      { value: 'stop', label: 'Leave all the rest as unreviewed' },
    ])
    if (opinion === 'stop') break
    if (opinion === 'agree') for (const name of item.names) agreed.get(item.proposal)?.add(name)
  }
  return proposals.map((proposal) => ({ ...proposal, agreed: agreed.get(proposal) ?? new Set() }))
}

function linesOf({ title, lines }: Item, width: number): readonly string[] {
  return [
    ...wrap(title, width).split('\n'),
    '',
    ...lines.flatMap(({ what, why }) => [
      ...wrap(what, width).split('\n'),
      ...(why === '' ? [] : wrap(why, width, '    ').split('\n')),
    ]),
  ]
}
