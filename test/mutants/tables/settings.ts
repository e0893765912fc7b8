import { mutants } from '../mutant.ts'

/** A knob of both profiles takes another value as it is read. */
export const KNOBS = mutants('engine/settings.js', [
  [
    'knob rstOnMiss: a RST without session goes to the rules',
    'rstOnMiss: knobs.rstOnMiss.value',
    "rstOnMiss: 'rules'",
  ],
  [
    'knob finOnMiss: a FIN under continue goes on',
    "knobs.finOnMiss.value === 'policyThenStreamError'",
    'false',
  ],
  [
    'knob continueMode: continue picks sessions up',
    "mode === 'pickup' || mode === 'pickupData'",
    "exception === 'continue'",
  ],
  ['knob rejectTarget: both ends are told', 'rejectTarget: knobs.rejectTarget.value', "rejectTarget: 'both'"],
  ['knob windowCheck: strict windows', 'WindowCheck[knobs.windowCheck.value]', 'WindowCheck.strict'],
  ['knob rstValidation: anywhere in the window', "knobs.rstValidation.value === 'exact'", 'false'],
  ['knob synReuseOnNullSession: only from the server', 'knobs.synReuseOnNullSession.value', 'false'],
  ['knob synReuseOnNullSession: from either side', 'knobs.synReuseOnNullSession.value', 'true'],
  [
    'knob synOnLiveSession: ignored and passed',
    'synOnLive: knobs.synOnLiveSession.value',
    "synOnLive: 'ignore'",
  ],
  [
    'knob synOnLiveSession: starts a new session',
    'synOnLive: knobs.synOnLiveSession.value',
    "synOnLive: 'reset'",
  ],
  [
    'knob dropMarkRefreshesIdle: dropped packets do not keep the mark',
    'knobs.dropMarkRefreshesIdle.value',
    'false',
  ],
  ['knob dropMarkReplicated: marks stay behind', 'knobs.dropMarkReplicated.value', 'false'],
  ['knob passScope: the other scope', "knobs.passScope.value === 'flow'", "knobs.passScope.value !== 'flow'"],
  [
    'knob rejectNonTcp: the other answer',
    "knobs.rejectNonTcp.value === 'icmp'",
    "knobs.rejectNonTcp.value !== 'icmp'",
  ],
  [
    'policy: drop rejects',
    "'continue' : policy.exception",
    "'continue' : policy.exception === 'drop' ? 'reject' : policy.exception",
  ],
  [
    'policy: reject only drops',
    "'continue' : policy.exception",
    "'continue' : policy.exception === 'reject' ? 'drop' : policy.exception",
  ],
  [
    'policy: continue rejects',
    "'continue' : policy.exception",
    "'continue' : policy.exception === 'continue' ? 'reject' : policy.exception",
  ],
  [
    'policy: continue drops',
    "'continue' : policy.exception",
    "'continue' : policy.exception === 'continue' ? 'drop' : policy.exception",
  ],
])

export const MODES = mutants('engine/settings.js', [
  ['monitor mode applies the policy', "policy.mode === 'monitor'", 'false'],
])
