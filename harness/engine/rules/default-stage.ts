import type { PacketBatch, Rebuilt } from '../../model/batch.ts'
import type { Policy } from '../../model/setup.ts'
import { type AppNeeds, Buffer } from '../app/app-view.ts'
import { Outcome } from '../outcome.ts'
import { EXTRA, Flag, WAITING } from '../record.ts'
import type { AlertSink } from './alerts.ts'
import { type DefaultActions, isAppLayer, isMeant, parseDefaultActions } from './default-actions.ts'
import type { RuleSubject } from './subject.ts'

/** Buffers that the default actions of the application layer wait for besides what rules need: the names that pass rules match. */
const WAITED_FOR = (1 << Buffer.tlsSni) | (1 << Buffer.httpHost)

/** Applies the default actions to packets that no rule decided. */
export class DefaultStage {
  readonly #actions: DefaultActions
  readonly #alerts: AlertSink | undefined

  private constructor(actions: DefaultActions, alerts: AlertSink | undefined) {
    this.#actions = actions
    this.#alerts = alerts
  }

  /** Undefined if a policy has none. */
  static of({ defaultActions, ruleOrder }: Policy, alerts: AlertSink | undefined): DefaultStage | undefined {
    const actions = parseDefaultActions(defaultActions, ruleOrder)
    const none = actions.drop === undefined && (actions.alerts.length === 0 || alerts === undefined)
    return none ? undefined : new DefaultStage(actions, alerts)
  }

  get needsApp(): boolean {
    return this.#actions.needsApp
  }

  /** What rules and default actions together need of the application layer. */
  widened(needs: AppNeeds): AppNeeds {
    return this.needsApp ? { ...needs, buffers: needs.buffers | WAITED_FOR } : needs
  }

  /** The outcome of a packet that no rule decided. */
  apply(
    outcome: number,
    subject: RuleSubject,
    batch: PacketBatch,
    cause: number | Rebuilt,
    host: number,
    words: Int32Array,
    base: number,
  ): number {
    if (outcome !== Outcome.forward) return outcome
    const waits = base >= 0 && ((words[base + EXTRA] ?? 0) & WAITING) !== 0
    // The client's request is awaited; meanwhile the server may acknowledge, but not send data.
    const waiting = waits && (subject.toServer || subject.payloadTo === subject.payloadFrom)
    const index = typeof cause === 'number' ? cause : cause.index
    for (const { scope, rule } of this.#actions.alerts)
      if (isMeant(scope, subject, waiting))
        this.#alerts?.alert(rule, batch, index, host, subject.toServer, false)
    const { drop } = this.#actions
    if (drop === undefined || !isMeant(drop, subject, waiting)) return outcome
    if (isAppLayer(drop) && base >= 0) words[base] = (words[base] ?? 0) | Flag.marked
    return Outcome.defaultDrop
  }
}
