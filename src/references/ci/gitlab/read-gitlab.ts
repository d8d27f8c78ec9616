import { Collected } from '../../collected.ts'
import type { ReadSibling, ReferencesRead, SourceFile } from '../../reference.ts'
import { readConfiguration } from './configuration.ts'
import { Jobs } from './jobs.ts'
import { PipelineImages } from './pipeline-images.ts'

/**
 * Reads the images of a pipeline: those that its jobs run in, and those of their services. Local files that it includes
 * are read too, and pipelines that its jobs start from local files.
 *
 * @see GitLab CI/CD YAML syntax reference, "image", "services", "include", "trigger:include"
 */
export function readGitLab(file: SourceFile, readSibling: ReadSibling): ReferencesRead {
  const found = new Collected()
  const pipelines = [file]
  const seen = new Set([file.name])
  for (const pipeline of pipelines)
    for (const child of readPipeline(pipeline, (path) => readSibling(file.name, path), found))
      if (!seen.has(child.name)) {
        seen.add(child.name)
        pipelines.push(child)
      }
  return found
}

/** @returns the files of the pipelines that its jobs start */
function readPipeline(
  file: SourceFile,
  readLocal: Parameters<typeof readConfiguration>[1],
  found: Collected,
): readonly SourceFile[] {
  const configuration = readConfiguration(file, readLocal, found)
  const jobs = new Jobs(configuration.root)
  new PipelineImages(configuration, jobs, found).read()
  return configuration.childPipelines(jobs.visible().map(({ settings }) => settings))
}
