/** Options about files that name images. */
export const WHAT_IS_DEPLOYED = {
  from: {
    help: 'check every image that this file names: a docker compose file, Kubernetes manifests, `kubectl get … -o json`, a Dockerfile, a pipeline (GitLab CI, GitHub Actions, Woodpecker), or a list; `-` is standard input',
    is: 'list',
    value: 'file',
    commands: ['check', 'pin'],
    examples: {
      check: ['--from compose.yaml', '--output json --recursive --from deploy/'],
    },
    differs: {
      pin: {
        help: 'pin the images that this file names: a docker compose file, Kubernetes manifests, a Dockerfile, a pipeline, or a list; `-` is standard input',
      },
    },
  },
  'from-type': {
    help: 'what kind of file `--from` names; without it that is found out',
    is: 'choice',
    value: 'type',
    words: ['compose', 'kubernetes', 'dockerfile', 'gitlab-ci', 'github-actions', 'woodpecker', 'list'],
    commands: ['check', 'pin'],
  },
  recursive: {
    help: 'search the directories of `--from`, and those below them',
    is: 'switch',
    commands: ['check', 'pin'],
  },
  'env-file': {
    help: 'variables for compose files, in place of `.env`',
    is: 'list',
    value: 'file',
    commands: ['check', 'pin'],
  },
  'compose-profile': {
    help: 'also check the services of this compose profile; `*` is all',
    is: 'list',
    value: 'name',
    commands: ['check', 'pin'],
    differs: { pin: { help: 'also pin the services of this compose profile; `*` is all' } },
  },
  'build-arg': {
    help: 'value of an `ARG` in Dockerfiles',
    is: 'list',
    value: 'name=value',
    commands: ['check', 'pin'],
  },
  'custom-image-fields': {
    help: 'fields of custom resources that name images, such as `spec.server.image`',
    is: 'list',
    value: 'path',
    commands: ['check', 'pin'],
  },
  moved: {
    help: 'how to report a tag of `--from` that is no longer the image that runs',
    is: 'choice',
    value: 'severity',
    words: ['ok', 'warning', 'error'],
    otherwise: '`warning`',
    commands: ['check'],
  },
  mirror: {
    help: 'ask this mirror of a registry first, as the container runtime does, such as `docker.io=https://mirror.example.com`; several of one registry in order',
    is: 'list',
    value: 'registry=url',
    commands: ['check', 'pin'],
  },
  'use-pull-secrets': {
    help: 'use the pull secrets among the documents of `--from`, as the cluster does, before the docker config',
    is: 'switch',
    commands: ['check'],
  },
  'host-depth': {
    help: 'check the images of this host at another depth, such as `docker.io=graph`',
    is: 'list',
    value: 'host=depth',
    commands: ['check', 'pin'],
  },
  'require-digest': {
    help: 'report every image of `--from` that is not named by digest as an error',
    is: 'switch',
    commands: ['check'],
  },
} as const
