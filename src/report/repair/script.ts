import type { ScanEvent, TargetInfo } from '../../check/events.ts'
import { byHand, callByHand } from '../../check/repair/by-hand.ts'
import { mergedPlan, type RepairPlan } from '../../check/repair/plan.ts'
import type { RepairStep } from '../../check/repair/step.ts'
import type { Report, RunFacts, Write } from '../report.ts'
import { count } from '../text/counts.ts'
import { type RepeatGuard, repeatGuardOf } from './already-repaired.ts'
import { copyFailuresOf, notCopied } from './copies.ts'
import { about, type ScriptTarget } from './head.ts'
import { partsOf, type ScriptPart } from './parts.ts'
import { comment, MOST_FINDINGS, named, word } from './text.ts'

/** One shell script with all repairs, for a person to read and run. regfsck never runs it. */
export function repairReport(write: Write): Report {
  const targets: ScriptTarget[] = []
  let target: ScriptTarget | undefined
  return {
    take(event: ScanEvent): void {
      if (event.type === 'target') {
        target = targetFor(event.info, targets)
        target.scans++
      }
      if (target === undefined) return
      if (event.type === 'finding' && !event.finding.confirmed) target.unconfirmed++
      if (event.type === 'summary' && event.complete) target.completeScans++
      if (event.type === 'repairs') target.plan = target.plan ? mergedPlan([target.plan, event.plan]) : event.plan
    },
    end(run: RunFacts): void {
      write(`${scriptOf(targets, run).join('\n')}\n`)
    },
  }
}

/** Images of the same registry share a target, so that TARGET selects all of them. */
function targetFor(info: TargetInfo, targets: ScriptTarget[]): ScriptTarget {
  const known = targets.find((other) => other.info.registry === info.registry && other.info.target === info.target)
  if (known) return known
  const made: ScriptTarget = { info, scans: 0, completeScans: 0, unconfirmed: 0, plan: undefined }
  targets.push(made)
  return made
}

type Planned = ScriptTarget & { readonly plan: RepairPlan }

function scriptOf(targets: readonly ScriptTarget[], { version, finishedAt }: RunFacts): string[] {
  const planned = targets.filter((target): target is Planned => (target.plan?.steps.length ?? 0) > 0)
  const head = [
    '#!/bin/sh',
    `# Repairs planned by regfsck ${version} on ${finishedAt.toISOString()}.`,
    '# regfsck does not run this script. Read all of it before you run it.',
    ...targets.flatMap(about),
    '',
  ]
  if (planned.length === 0)
    return [
      ...head,
      "echo 'There is nothing that this script can repair.'",
      ...targets.flatMap(({ plan }) => (plan ? endsBroken(plan) : [])),
    ]
  const [only] = planned
  if (planned.length === 1 && only) return [...head, ...bodyOf(only, finishedAt)]
  return [...head, ...selection(planned, finishedAt)]
}

/** A script for several registries repairs one per run, because each has its own URL. */
function selection(targets: readonly Planned[], plannedAt: Date): string[] {
  const names = targets.map(({ info }) => word(info.registry))
  return [
    `case \${TARGET:-} in`,
    ...targets.flatMap((target, n) => [`${names[n] ?? ''})`, ...bodyOf(target, plannedAt), ';;']),
    '*)',
    `  echo ${word(`Set TARGET to the registry to repair, one of: ${names.join(' ')}`)} >&2`,
    '  exit 2',
    ';;',
    'esac',
  ]
}

function bodyOf({ info, plan }: Planned, plannedAt: Date): string[] {
  const guard = repeatGuardOf(plan, plannedAt)
  const copies = copyFailuresOf(plan)
  const parts = partsOf(plan)
  const steps = parts.map((part, n) => linesOf(part, n + 1, { all: parts.length, guard }))
  const firstCheck = parts.filter(({ step }) => step.does !== 'check').length
  return [
    ...requirements(info, plan),
    ...(guard?.functions ?? []),
    ...(copies?.functions ?? []),
    ...steps.slice(0, firstCheck).flat(),
    ...(copies?.recheck ?? []),
    ...steps.slice(firstCheck).flat(),
    ...endOf(guard),
    ...(plan.beyond.length > 0 ? endsBroken(plan) : ["echo 'Everything that this script repairs is intact.'"]),
  ]
}

/** Exit code 1 if findings remain that no script can repair: 0 means that everything is intact. */
function endsBroken({ beyond }: RepairPlan): string[] {
  if (beyond.length === 0) return []
  const what = count(beyond.length, 'finding is', 'findings are')
  return [`echo ${word(`${what} not repairable by a script: see the top of this file.`)} >&2`, 'exit 1']
}

function endOf(guard: RepeatGuard | undefined): string[] {
  return [
    '',
    'if [ -n "$failed" ]; then',
    ...(guard?.failed ?? []).map((line) => `  ${line}`),
    '  echo "These steps failed:$failed. Fix what they report, then run this script again: it skips what is intact." >&2',
    '  exit 1',
    'fi',
    ...(guard?.succeeded ?? []),
  ]
}

/** Sets up the shell, and checks that the variables and programs which the steps need are there. */
function requirements(info: TargetInfo, plan: RepairPlan): string[] {
  return [
    'set -u',
    "failed=''",
    'fail() { echo "$*" >&2; exit 2; }',
    'step() { echo "[$1] $2"; }',
    `failed() { failed="$failed $1"; echo "Step $1 failed." >&2; }`,
    ...requiredVariables(info, plan),
    ...quarantineComment(plan),
    ...requiredPrograms(plan),
    ...(plan.steps.some(({ step }) => step.does === 'copy') ? byHand(plan.place) : []),
    '# Stop garbage collection until this script has finished. Logins: skopeo and regfsck use docker login, curl uses ~/.netrc.',
  ]
}

function requiredVariables(info: TargetInfo, { place, steps }: RepairPlan): string[] {
  const uses = (variable: string): boolean =>
    steps.some(({ command }) => command.includes(`$${variable}`) || command.includes(`{${variable}#`))
  const needsSource = steps.some(
    ({ step }) => step.does === 'fetch' || (step.does === 'copy' && step.isOptional !== true),
  )
  const registry = `the URL of the registry ${comment(info.registry)}, such as https://registry.example.com`
  const source = 'the URL of a registry that has the same repositories and still has the images'
  const restart =
    "Set RESTART to the command that restarts the registry, such as 'systemctl restart docker-registry'; to true where it has no cache."
  return [
    ...(place.url === undefined && uses('REGISTRY') ? url('REGISTRY', registry) : []),
    ...(needsSource ? url('SOURCE', source) : []),
    ...(uses('RESTART') ? [`[ -n "\${RESTART:-}" ] || fail ${word(restart)}`] : []),
  ]
}

function quarantineComment({ place, steps }: RepairPlan): string[] {
  const isUsed = steps.some(({ step }) => step.does === 'quarantine' || step.does === 'set-aside')
  if (place.quarantine === undefined || !isUsed) return []
  return [
    `# Files are moved to this directory. Set QUARANTINE to use another one, outside the registry.`,
    `# ${comment(place.quarantine)}`,
  ]
}

function requiredPrograms({ steps }: RepairPlan): string[] {
  return ['curl', 'skopeo', 'regfsck', 'sha256sum']
    .filter((program) => steps.some(({ command }) => new RegExp(`(^|[( ])${program} `).test(command)))
    .map((program) => `command -v ${program} >/dev/null || fail '${program} is required, but not installed.'`)
}

function url(variable: string, what: string): string[] {
  return [
    `case \${${variable}:-} in http://?* | https://?*) ${variable}=\${${variable}%/} ;; *) fail ${word(`Set ${variable} to ${what}.`)} ;; esac`,
  ]
}

function linesOf(
  { step, title, command, repairs }: ScriptPart,
  n: number,
  { all, guard }: { readonly all: number; readonly guard: RepeatGuard | undefined },
): string[] {
  const shown = repairs.slice(0, MOST_FINDINGS).map((finding) => `#    ${named(finding)}`)
  const rest = repairs.length - shown.length
  return [
    '',
    `# ${n}. ${comment(title)}${repairs.length > 0 && step.does !== 'restart' ? ', which repairs' : ''}`,
    ...(step.does === 'restart' ? [] : shown),
    ...(rest > 0 && step.does !== 'restart' ? [`#    and ${rest} more`] : []),
    `step ${n}/${all} ${word(comment(title))}`,
    ...(step.does === 'restart' && guard
      ? unlessRepaired(guard, lineOf(step, command, n))
      : [lineOf(step, command, n)]),
  ]
}

function unlessRepaired({ because }: RepeatGuard, line: string): string[] {
  return ['if is_repaired; then', `  echo ${word(because)}`, 'else', `  ${line}`, 'fi']
}

function lineOf(step: RepairStep, command: string, n: number): string {
  if (step.does === 'tag' && step.isAttempt)
    return `{ ${command}; } || echo 'Some of its content is missing: it must come from SOURCE.' >&2`
  if (step.does !== 'copy') return `{ ${command}; } || failed ${n}`
  const all = `${command} || ${callByHand(step)}`
  return step.isOptional
    ? `{ [ -z "\${SOURCE:-}" ] || ${all}; } || echo 'SOURCE does not have it, and no tag needs it.' >&2`
    : `{ ${all}; } || ${notCopied(step, n)}`
}
