import type { PacketBatch, Rebuilt } from '../../model/batch.ts'
import { Direction } from '../../model/codes.ts'
import type { Policy } from '../../model/setup.ts'
import { Protocol } from '../../wire/numbers.ts'
import { AppLayer } from '../app/app-layer.ts'
import { AppProtocol, type AppView } from '../app/app-view.ts'
import { appProtocolOf, isAppOver, isPayloadHidden } from '../app/extra-word.ts'
import { mayAnswer, sendReset, sendUnreachable } from '../emit.ts'
import { Outcome } from '../outcome.ts'
import {
  ASKED_TO_CLIENT,
  ASKED_TO_SERVER,
  EXTRA,
  Flag,
  KEPT_C2S,
  KEPT_S2C,
  PASSED,
  STATE_MASK,
  State,
  WAITING,
} from '../record.ts'
import type { Settings } from '../settings.ts'
import type { AlertSink } from './alerts.ts'
import { DefaultStage } from './default-stage.ts'
import { FlowGroups } from './flow-groups.ts'
import { Matcher } from './matcher.ts'
import { parseRules } from './parse.ts'
import { RuleSet } from './rule-set.ts'
import { Scope } from './signature.ts'
import { RuleSubject } from './subject.ts'

/** Rules and default actions, for packets that tracking and policy have forwarded. */
export class RuleStage {
  readonly #set: RuleSet
  readonly #defaults: DefaultStage | undefined
  readonly #settings: Settings
  readonly #alerts: AlertSink | undefined
  readonly #app: AppLayer | undefined
  readonly #matcher: Matcher
  readonly #subject = new RuleSubject()
  readonly #flows: FlowGroups

  private constructor(
    set: RuleSet,
    defaults: DefaultStage | undefined,
    settings: Settings,
    alerts: AlertSink | undefined,
  ) {
    this.#set = set
    this.#defaults = defaults
    this.#settings = settings
    this.#alerts = alerts
    const needsApp = set.needsApp || defaults?.needsApp === true
    this.#app = needsApp
      ? new AppLayer(defaults?.widened(set.needs) ?? set.needs, settings.pickUp, !settings.plainWindows)
      : undefined
    this.#matcher = new Matcher(set)
    this.#flows = new FlowGroups(set.groups, defaults?.needsApp === true)
  }

  /** The stage for a policy; undefined if there are no rules and no default actions, which then costs nothing. */
  static of(
    texts: readonly string[],
    policy: Policy,
    settings: Settings,
    alerts: AlertSink | undefined,
  ): RuleStage | undefined {
    const defaults = DefaultStage.of(policy, alerts)
    const rules = parseRules(texts)
    if (rules.length === 0 && defaults === undefined) return undefined
    return new RuleStage(new RuleSet(rules, policy.ruleOrder), defaults, settings, alerts)
  }

  /** Clears the rule groups of flows and their application state. */
  clear(): void {
    this.#flows.clear()
    this.#app?.clear()
  }

  /**
   * The outcome of a packet, or of the datagram that its fragment completed, after the rules. A stream error stays
   * one, but rules are evaluated for it, except for its payload. `established`: before the packet; `delivery`: a `Delivery`.
   */
  apply(
    outcome: number,
    batch: PacketBatch,
    cause: number | Rebuilt,
    host: number,
    words: Int32Array,
    base: number,
    toServer: boolean,
    established: boolean,
    delivery: number,
  ): number {
    if (outcome !== Outcome.forward && outcome !== Outcome.streamError) return outcome
    const extra = base < 0 ? 0 : (words[base + EXTRA] ?? 0)
    const asked = toServer ? ASKED_TO_SERVER : ASKED_TO_CLIENT
    const first = (extra & asked) === 0
    if ((extra & PASSED) !== 0) {
      // Where the rules are never looked up, nothing says that the data need not be kept.
      if (first && ((words[base] ?? 0) & STATE_MASK) > State.bare)
        words[base + EXTRA] = extra | asked | keptBit(batch, cause)
      return outcome
    }
    if (
      !first &&
      typeof cause === 'number' &&
      this.#flows.isIdle(batch, cause, base, toServer, established) &&
      this.#defaults === undefined
    )
      return outcome

    const subject = this.#subject
    if (!subject.fill(batch, cause)) return outcome
    subject.hasFlow = base >= 0 || subject.isApart
    subject.toServer = toServer
    subject.established = established
    subject.first = first
    if (base >= 0) {
      words[base + EXTRA] = extra | asked
      if (first) this.#noteKept(batch, cause, words, base)
    }
    if (outcome !== Outcome.forward) subject.hidePayload()

    const at = this.#flows.find(subject, batch, cause, base)
    const view =
      outcome === Outcome.forward
        ? this.#look(batch, cause, host, words, base, delivery, extra)
        : this.#lookAway()
    const group = this.#set.groups.groups[at]
    if (group === undefined) return outcome
    this.#matcher.run(group, subject, view, host, words, base)
    return this.#decide(outcome, batch, cause, host, words, base)
  }

  /** Records whether some rule may inspect this direction of the session's stream. */
  #noteKept(batch: PacketBatch, cause: number | Rebuilt, words: Int32Array, base: number): void {
    const { protocol, toServer, destinationPort, sourcePort } = this.#subject
    if (this.#set.keptStreams?.has(toServer, toServer ? destinationPort : sourcePort) !== true) return
    if (protocol !== Protocol.tcp || ((words[base] ?? 0) & STATE_MASK) <= State.bare) return
    words[base + EXTRA] = (words[base + EXTRA] ?? 0) | keptBit(batch, cause)
  }

  /** Packets with stream errors belong to no stream, so their application protocol is unknown. */
  #lookAway(): undefined {
    this.#subject.appProtocol = AppProtocol.unknown
    return undefined
  }

  /** What the application layer shows with the packet, if needed; sets the protocol in the subject. */
  #look(
    batch: PacketBatch,
    cause: number | Rebuilt,
    host: number,
    words: Int32Array,
    base: number,
    delivery: number,
    extra: number,
  ): AppView | undefined {
    const subject = this.#subject
    subject.appProtocol = AppProtocol.unknown
    const { protocol, toServer } = subject
    const app = this.#app
    const spoken = protocol === Protocol.tcp || protocol === Protocol.udp
    if (app === undefined || base < 0 || !spoken || !this.#flows.asksApp) return undefined
    if (isAppOver(extra)) {
      subject.appProtocol = appProtocolOf(extra)
      if (isPayloadHidden(extra)) subject.hidePayload()
      return undefined
    }
    const view = app.take(batch, cause, host, words, base, toServer, delivery)
    if (view.lastLook && !isKept(batch, cause, words, base)) view.lastLook = false
    subject.appProtocol = view.protocol
    if (view.rewrittenFrom >= 0) subject.rewritePayload(view.stream, view.rewrittenFrom)
    // The packet from which on contents are hidden is itself still inspected.
    if (view.payloadHidden && !view.lastLook) subject.hidePayload()
    if (toServer) {
      const now = words[base + EXTRA] ?? 0
      words[base + EXTRA] = view.pending ? now | WAITING : now & ~WAITING
    }
    return view
  }

  /** Lets the matches decide, in the rule order: a pass ends it; after a drop or reject, later alerts are still reported. */
  #decide(
    outcome: number,
    batch: PacketBatch,
    cause: number | Rebuilt,
    host: number,
    words: Int32Array,
    base: number,
  ): number {
    const { matches } = this.#matcher
    let dropped = false
    let rejected = false
    for (let i = 0; i < matches.count; i++) {
      const signature = this.#set.signatures[matches.places[i] ?? 0]
      if (signature === undefined) continue
      const { rule, scope } = signature
      const ofFlow = scope === Scope.flow || (scope === Scope.flowIfStream && matches.ofStream[i] === 1)
      if (rule.action === 'pass') {
        if (base >= 0 && (ofFlow || this.#settings.passOfFlow) && !isDecided(words, base))
          words[base + EXTRA] = (words[base + EXTRA] ?? 0) | PASSED
        return dropped ? this.#stop(outcome, batch, cause, host, rejected) : outcome
      }
      const stops = rule.action !== 'alert'
      if (!rule.noalert && this.#alerts !== undefined) {
        const index = typeof cause === 'number' ? cause : cause.index
        this.#alerts.alert(rule, batch, index, host, this.#subject.toServer, stops)
      }
      if (!stops) continue
      if (rule.action === 'reject' && !(dropped && this.#settings.firstStops)) rejected = true
      dropped = true
      if (ofFlow && base >= 0 && !isDecided(words, base)) words[base] = (words[base] ?? 0) | Flag.marked
    }
    if (dropped) return this.#stop(outcome, batch, cause, host, rejected)
    return this.#defaults?.apply(outcome, this.#subject, batch, cause, host, words, base) ?? outcome
  }

  /** The outcome of a packet that rules drop or reject; a stream error was dropped already. */
  #stop(
    outcome: number,
    batch: PacketBatch,
    cause: number | Rebuilt,
    host: number,
    rejects: boolean,
  ): number {
    const rejected = rejects && this.#reject(batch, cause, host)
    if (outcome !== Outcome.forward) return rejected ? Outcome.streamErrorReject : outcome
    return rejected ? Outcome.ruleReject : Outcome.ruleDrop
  }

  /** Sends what a rule's `reject` sends: a reset to the sender, or an ICMP error if the product sends one. */
  #reject(batch: PacketBatch, cause: number | Rebuilt, host: number): boolean {
    const { rejectsAnything, rstStyle } = this.#settings
    if (!mayAnswer(batch, cause, this.#settings)) return false
    if (this.#subject.protocol === Protocol.tcp) return sendReset(batch, cause, 'sender', host, rstStyle)
    const index = typeof cause === 'number' ? cause : cause.index
    return rejectsAnything && sendUnreachable(batch, index, host)
  }
}

/** Whether data of the packet's direction is kept for rules that inspect streams. */
function isKept(batch: PacketBatch, cause: number | Rebuilt, words: Int32Array, base: number): boolean {
  return ((words[base + EXTRA] ?? 0) & keptBit(batch, cause)) !== 0
}

function keptBit({ direction }: PacketBatch, cause: number | Rebuilt): number {
  return direction[typeof cause === 'number' ? cause : cause.index] === Direction.c2s ? KEPT_C2S : KEPT_S2C
}

/** Whether a rule has already dropped or passed the flow: the first decision stays. */
function isDecided(words: Int32Array, base: number): boolean {
  return ((words[base] ?? 0) & Flag.marked) !== 0 || ((words[base + EXTRA] ?? 0) & PASSED) !== 0
}
