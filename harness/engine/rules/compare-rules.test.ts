import { FlowTable } from '../../flow/table.ts'
import { type PacketBatch, tunnelDepth } from '../../model/batch.ts'
import { Kind, nameOf, Reason, Tcp, Tunnels, Verdict } from '../../model/codes.ts'
import { decodeBatch } from '../../wire/decode.ts'
import { isIcmpError } from '../../wire/icmp.ts'
import { Engine } from '../engine.ts'
import { batchOf, fold, type OracleCase } from '../oracle-cases.test.ts'
import { profileFor } from '../oracle-compare.test.ts'
import { type OracleOptions, runSuricata } from '../oracle-suricata.test.ts'

/** Where engine and real Suricata differ: verdicts, reasons, and which rule told of which packet. */
export async function compareRules(
  cases: readonly OracleCase[],
  rules: readonly string[],
  setup: Partial<OracleOptions> = {},
) {
  const { frames, owner } = fold(cases)
  const options = { exception: 'continue', ...setup } as const
  const truth = await runSuricata(frames, { ...options, rules })
  const batch = batchOf(frames)
  batch.tunnels = Tunnels.inner
  decodeBatch(batch)
  new FlowTable().assign(batch)
  // Suricata does not say what was in which packet: alerts about datagrams in fragments, and in tunnels, are counted by rule.
  const place = (index: number, sid: number) => `${isRound(batch, index) ? 'round' : index}:${sid}`
  const ours: string[] = []
  const isMeant = (index: number) => index < 0 || !isLoneError(batch, index)
  const alerts = {
    alert: (rule: { readonly sid: number }, _: unknown, index: number) => {
      if (isMeant(index)) ours.push(place(index, rule.sid))
    },
  }
  const policy = { exception: options.exception, ruleOrder: 'action', defaultActions: [] } as const
  new Engine({ profile: profileFor(options), policy, rules, hosts: 1, alerts }).decide(batch, 0, batch.count)
  const name = (index: number) => `${cases[owner[index] ?? 0]?.name} (${index})`
  const found: string[] = []
  for (const [index, { verdict, reason }] of truth.verdicts.entries()) {
    const mine = batch.verdict[index] ?? 0
    const why = nameOf(Reason, batch.reason[index] ?? 0)
    const silent = mine === Verdict.drop && verdict === Verdict.reject && isUnanswerable(batch, index)
    const unnamed = mine === Verdict.reject && verdict === Verdict.drop && isUnnamed(batch, index)
    if (isLoneError(batch, index)) continue
    if ((mine === verdict || silent || unnamed) && (reason === '' || reason === why)) continue
    found.push(
      `${name(index)}: ${nameOf(Verdict, mine)} ${why}, Suricata ${nameOf(Verdict, verdict)} ${reason}`,
    )
  }
  const theirs = truth.alerts
    .filter(({ packet }) => isMeant(packet))
    .map(({ sid, packet }) => place(packet, sid))
  for (const [alert, more] of surplus(ours, theirs))
    found.push(
      `${name(Number.parseInt(alert, 10))}: alert ${alert} ${more} ${more > 0 ? 'of ours' : "of Suricata's"} only`,
    )
  return {
    found,
    packets: frames.length,
    stopped: truth.verdicts.filter(({ verdict }) => verdict !== Verdict.forward).length,
    alerts: theirs.length,
  }
}

/** About a RST, an ICMP error or a fragment nothing is sent here; Suricata calls the drop a reject all the same. */
function isUnanswerable(batch: PacketBatch, index: number): boolean {
  const kind = batch.kind[index] ?? 0
  if (kind === Kind.tcp4 || kind === Kind.tcp6) return ((batch.flags[index] ?? 0) & Tcp.rst) !== 0
  const error =
    (kind === Kind.icmp4 || kind === Kind.icmp6) &&
    isIcmpError(batch.bytes[batch.l4[index] ?? 0] ?? 0, kind === Kind.icmp6)
  return error || kind === Kind.fragment4 || kind === Kind.fragment6
}

/** Suricata's log names no reject of what is neither TCP, UDP nor ICMP, and no fragment of IPv6 is (output-json-alert.c). */
function isUnnamed({ kind }: PacketBatch, index: number): boolean {
  return kind[index] === Kind.fragment6 || kind[index] === Kind.ip4 || kind[index] === Kind.ip6
}

/** A fragment, or a packet with a tunnel in it; -1: what is in one. */
function isRound({ kind, stack }: PacketBatch, index: number): boolean {
  const fragment = kind[index] === Kind.fragment4 || kind[index] === Kind.fragment6
  return index < 0 || fragment || tunnelDepth(stack[index] ?? 0) > 0
}

/** ICMPv6 errors have flows of their own in Suricata, and none here. */
function isLoneError(batch: PacketBatch, index: number): boolean {
  return batch.kind[index] === Kind.icmp6 && isIcmpError(batch.bytes[batch.l4[index] ?? 0] ?? 0, true)
}

/** What one list has more often than the other, positive where it is the first. */
function surplus(a: readonly string[], b: readonly string[]): [string, number][] {
  const counts = new Map<string, number>()
  for (const each of a) counts.set(each, (counts.get(each) ?? 0) + 1)
  for (const each of b) counts.set(each, (counts.get(each) ?? 0) - 1)
  return [...counts].filter(([, count]) => count !== 0)
}
