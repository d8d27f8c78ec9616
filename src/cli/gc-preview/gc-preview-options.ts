import type { Command } from '@commander-js/extra-typings'
import { addOptions } from '../options/command-options.ts'
import { wordsGiven } from '../options/given-words.ts'
import { AFTER_GC_PREVIEW } from '../options/help-text.ts'
import { unknownAmong } from '../options/unknown-option.ts'
import type { GcPreviewRequest } from './gc-preview-request.ts'

/** Adds the command `gc-preview`. It turns its options into a request and passes that on. */
export function addGcPreview(
  program: Command,
  afterDashes: number,
  act: (request: GcPreviewRequest) => Promise<void>,
): void {
  const preview = program
    .command('gc-preview')
    .description(
      "what the registry's garbage collection would do: which files would stop it, which tags and deployed images it would break, what it would free. It only reads",
    )
    .argument('<target...>', "a registry's storage root, docker/registry/v2 itself, or a parent of several registries")
  addOptions(preview, 'gc-preview')
  preview
    .addHelpText('after', AFTER_GC_PREVIEW)
    .allowUnknownOption()
    .action(async (targets, _, command) => {
      const unknown = unknownAmong(targets, afterDashes, command)
      const { readGcPreviewRequest } = await import('./gc-preview-request.ts')
      const paths = targets.filter((target) => !unknown.some(({ word }) => word === target))
      await act(readGcPreviewRequest(paths, await wordsGiven('gc-preview', command), unknown))
    })
}
