import { mutants } from '../mutant.ts'

export const RULES = [
  ...mutants('engine/rules/default-actions.js', [
    [
      'aws:alert_strict and aws:alert_established drop',
      'alerts.push({ scope: found.scope, rule: ruleOf(action, found.sid) })',
      'drop = found.scope',
    ],
    [
      'aws:drop_strict is that of established',
      "{ scope: 'all', sid: 2 }",
      "{ scope: 'established', sid: 2 }",
    ],
    ['aws:drop_established drops all', "{ scope: 'established', sid: 4 }", "{ scope: 'all', sid: 4 }"],
    [
      'aws:drop_established drops nothing of TCP',
      "return subject.toServer && !(scope === 'appLayerToServer' && waiting)",
      'return false',
    ],
    [
      'aws:drop_established lets UDP and ICMP pass',
      "scope === 'all' || subject.protocol !== Protocol.tcp",
      "scope === 'all'",
    ],
  ]),
  ...mutants('engine/rules/default-stage.js', [
    ['what no rule decides is rejected', 'return Outcome.defaultDrop', 'return Outcome.ruleReject'],
  ]),
  ...mutants('engine/rules/order.js', [
    [
      'drop rules come before pass rules',
      "['pass', 'drop', 'reject', 'alert']",
      "['drop', 'reject', 'pass', 'alert']",
    ],
    ['rules are in no order', "order === 'strict'", 'true'],
  ]),
  ...mutants('engine/rules/flow-match.js', [
    [
      'flow:established is not heard',
      "state === 'established' ? true",
      "state === 'established' ? undefined",
    ],
  ]),
  ...mutants('engine/rules/stage.js', [
    ['reject rules drop', "rule.action === 'reject'", 'false'],
    [
      'rules are asked about nothing',
      'if (outcome !== Outcome.forward && outcome !== Outcome.streamError)',
      'if (true)',
    ],
  ]),
]
