import type { ExitCode } from '../support/errors.ts'
import type { VerbContext } from './context.ts'

export interface Verb {
  main(args: readonly string[], context: VerbContext): Promise<ExitCode>
}

/** The commands; each is loaded only when it is called. */
export const VERBS = {
  run: {
    summary: 'play suites through a target, grade every packet, report',
    load: () => import('./run.ts'),
  },
  replay: {
    summary: 'break the flows of one capture and see what comes of each packet',
    load: () => import('./replay.ts'),
  },
  compare: {
    summary: 'break one capture in one way under several policies, profiles or sharings, side by side',
    load: () => import('./compare.ts'),
  },
  sweep: {
    summary: 'break one flow at every packet, or see what the suites cover',
    load: () => import('./sweep.ts'),
  },
  capture: {
    summary: 'look at captures, record, bring in, cut and anonymise them',
    load: () => import('./capture.ts'),
  },
  suite: {
    summary: 'write suites about captures, check and list them, print their schema',
    load: () => import('./suite.ts'),
  },
  learn: {
    summary: "measure a firewall's profile by experiment",
    load: () => import('./learn.ts'),
  },
  profile: {
    summary: "real systems' settings, each with its source",
    load: () => import('./profile.ts'),
  },
  shrink: {
    summary: 'the smallest part of a case that still shows its failure',
    load: () => import('./shrink.ts'),
  },
  report: { summary: 'make reports of earlier runs', load: () => import('./report.ts') },
  appliance: {
    summary: 'serve the reference engine as an appliance behind a gateway load balancer',
    load: () => import('./appliance.ts'),
  },
  worker: {
    summary: 'play cases for runs on other machines, which come through a queue',
    load: () => import('./worker.ts'),
  },
  init: {
    summary: 'make a small project of your own, with a capture, suites and a CI file',
    load: () => import('./init.ts'),
  },
  doctor: { summary: 'what can run here, and how to get what is missing', load: () => import('./doctor.ts') },
} as const satisfies Record<string, { summary: string; load: () => Promise<Verb> }>
export type VerbName = keyof typeof VERBS
