import { nameOf, Verdict } from '../../model/codes.ts'
import type { ExceptionPolicy, Setup } from '../../model/setup.ts'
import type { Capabilities, Session, Target } from '../../model/target.ts'
import { setupLacks } from '../../plan/capabilities.ts'
import { getProfile, profileNames } from '../../profile/index.ts'
import type { SetupInput } from '../../suite/setup/input.ts'
import { makeSetup } from '../../suite/setup.ts'
import { asFlowbreakError, FlowbreakError, messageOf } from '../../support/errors.ts'
import type { Part } from './conversation.ts'
import { type Played, play, type Seen } from './play.ts'

/** Throws ERR_TARGET_CONTRACT with a sentence about the target unless it keeps the contract. */
export function demand(kept: boolean, sentence: string): asserts kept {
  if (!kept) throw new FlowbreakError('ERR_TARGET_CONTRACT', sentence)
}

/** A target that is checked against the contract. */
export class Bench {
  readonly target: Target
  readonly capabilities: Capabilities

  constructor(target: Target) {
    this.target = target
    this.capabilities = target.capabilities
  }

  /**
   * Sets the target to a setup, and uses its session; if its capabilities lack something that the setup needs, it must refuse instead,
   * with a sentence. Its capabilities must not include a setup that none of its profiles can have. What `input` leaves open is chosen
   * from what the target has: two hosts, if it has them, and a policy that lets no packet of an unknown flow through.
   */
  async with(input: SetupInput, use: (session: Session) => Promise<void>): Promise<void> {
    const setup = this.#setup({ ...this.#plain(), ...input })
    if (setup === undefined) return
    const lacking = setupLacks(setup, this.capabilities)
    if (lacking !== undefined) return this.#refuses(setup, lacking)
    await using session = await this.target.prepare(setup, new AbortController().signal)
    await use(session)
  }

  /** Plays parts, each as a chunk, in a new session. */
  async played(parts: readonly Part[], look: (played: Played) => void, more: SetupInput = {}): Promise<void> {
    await this.with(more, async (session) => look(await play(session, parts)))
  }

  #plain(): SetupInput {
    const { policies, hosts, sharing, features } = this.capabilities
    return {
      policy: policies.find((policy) => policy !== 'continue') ?? 'drop',
      hosts: Math.min(2, hosts),
      sharing: sharing.includes('none') ? 'none' : sharing[0],
      tunnels: features.includes('inner-tunnels') ? undefined : 'outer',
    }
  }

  #setup(input: SetupInput): Setup | undefined {
    let reason: unknown
    const { profiles } = this.capabilities
    for (const profile of profiles === 'any' ? profileNames() : profiles) {
      try {
        return makeSetup({ profile, ...input })
      } catch (thrown) {
        reason = thrown
      }
    }
    const { policies, features } = this.capabilities
    const known = profiles === 'any' ? profileNames() : profiles
    // If it is not the policy that keeps its profiles from a setup, then whatever does must not be among its features.
    const isPolicy = !policies.some(
      (policy) => policy === input.policy && known.some((profile) => hasPolicy(profile, policy)),
    )
    demand(
      isPolicy
        ? !policies.some((policy) => policy === input.policy)
        : input['reset-on-expiry'] === undefined || !features.includes('reset-on-expiry'),
      `The target names ${isPolicy ? `the policy ${input.policy}` : 'reset-on-expiry'}, which none of its profiles has (${messageOf(reason)}).`,
    )
    return undefined
  }

  async #refuses(setup: Setup, lacking: string): Promise<void> {
    let session: Session
    try {
      session = await this.target.prepare(setup, new AbortController().signal)
    } catch (thrown) {
      const sentence = asFlowbreakError(thrown)?.message
      demand(
        sentence !== undefined && /[.!?]$/.test(sentence),
        `The target lacks ${lacking}, and prepare refuses it with "${messageOf(thrown)}": throw a FlowbreakError with a sentence.`,
      )
      return
    }
    await session[Symbol.asyncDispose]()
    demand(false, `The target lacks ${lacking} by its capabilities, and prepare does not refuse it.`)
  }
}

/** Demands one of some verdicts for a packet; `what` describes it. */
export function demandVerdict(seen: Seen | undefined, verdicts: readonly number[], what: string): void {
  const found = seen === undefined ? 'no verdict' : nameOf(Verdict, seen.verdict)
  const wanted = verdicts.map((code) => nameOf(Verdict, code)).join(' or ')
  demand(
    seen !== undefined && verdicts.includes(seen.verdict),
    `${what}: ${wanted} is due, and it is ${found}.`,
  )
}

/** The permitted verdicts for a packet that must not go on. */
export const BLOCKED = [Verdict.drop, Verdict.reject] as const

/** Whether a profile's system has a policy; a user's own profile is assumed to. */
export function hasPolicy(profile: string, policy: ExceptionPolicy): boolean {
  return !profileNames().includes(profile) || getProfile(profile).knobs.policies.value.includes(policy)
}
