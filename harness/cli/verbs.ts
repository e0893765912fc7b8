import type { ExitCode } from '../support/errors.ts'
import type { VerbContext } from './context.ts'

export interface Verb {
  main(args: readonly string[], context: VerbContext): Promise<ExitCode>
}

/** The commands; each is loaded only when it is called. */
export const VERBS = {
  run: {
    summary: 'play suites through a target, grade every packet, and report',
    load: () => import('./run.ts'),
  },
  replay: {
    summary: 'break the flows of one capture and show what happens to each packet',
    load: () => import('./replay.ts'),
  },
  compare: {
    summary:
      'break one capture in the same way under several policies, profiles, sharings or targets, side by side',
    load: () => import('./compare.ts'),
  },
  sweep: {
    summary: 'break one flow at every packet and draw a map, or show what suites cover',
    load: () => import('./sweep.ts'),
  },
  capture: {
    summary: 'inspect, record, import, cut and anonymise captures',
    load: () => import('./capture.ts'),
  },
  suite: {
    summary: 'draft a suite from a capture, check and list suites, print their schema',
    load: () => import('./suite.ts'),
  },
  learn: {
    summary: "measure a firewall's profile by experiment",
    load: () => import('./learn.ts'),
  },
  profile: {
    summary: 'show the profiles of real systems, with the source of every knob',
    load: () => import('./profile.ts'),
  },
  shrink: {
    summary: 'find the smallest part of a case that still shows its failure',
    load: () => import('./shrink.ts'),
  },
  report: {
    summary: 'make, compare, merge, publish and verify reports of earlier runs',
    load: () => import('./report.ts'),
  },
  appliance: {
    summary: 'serve the reference engine as an appliance behind a gateway load balancer',
    load: () => import('./appliance.ts'),
  },
  worker: {
    summary: 'play cases of runs on other machines, which arrive through a queue',
    load: () => import('./worker.ts'),
  },
  init: {
    summary: 'make a small project of your own, with a capture, suites and a CI file',
    load: () => import('./init.ts'),
  },
  doctor: {
    summary: 'say what can run here and how to install what is missing, and check the configuration',
    load: () => import('./doctor.ts'),
  },
} as const satisfies Record<string, { summary: string; load: () => Promise<Verb> }>
export type VerbName = keyof typeof VERBS
