# regfsck as an image: Node and the bundled command. No shell, no package manager, nothing installed at start.
#
# Both bases are pinned by digest, and a build without the digests fails. Tags move; what was tried should be what runs.
# docs/deploy.md has the commands that look the digests up, and the whole build.
ARG NODE_IMAGE=docker.io/library/node:24-bookworm-slim
ARG NODE_DIGEST
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs24-debian12:nonroot
ARG RUNTIME_DIGEST

FROM ${NODE_IMAGE}@${NODE_DIGEST} AS build
WORKDIR /build
# For those whose packages come from a mirror; unset, it is npm's own.
ARG NPM_CONFIG_REGISTRY
COPY .npmrc package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY CHANGELOG.md LICENSE README.md tsconfig.json tsconfig.build.json ./
COPY docs docs
COPY src src
COPY tools tools
# What `npm pack` publishes is what the image holds, so the list is kept in one place: `files` in package.json.
RUN npm run build \
  && npm pack --ignore-scripts \
  && mkdir /app \
  && tar -xzf regfsck-*.tgz --strip-components=1 -C /app \
  && chmod -R u=rwX,go=rX /app

FROM ${RUNTIME_IMAGE}@${RUNTIME_DIGEST}
ARG RUNTIME_IMAGE
ARG RUNTIME_DIGEST
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
ARG SOURCE=https://regfsck.example
LABEL org.opencontainers.image.title="regfsck" \
  org.opencontainers.image.description="fsck for container registries; never writes, never deletes" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}" \
  org.opencontainers.image.created="${CREATED}" \
  org.opencontainers.image.source="${SOURCE}" \
  org.opencontainers.image.base.name="${RUNTIME_IMAGE}" \
  org.opencontainers.image.base.digest="${RUNTIME_DIGEST}"
# Node lies in /nodejs/bin in distroless images and in /usr/local/bin in those of the Node project: either base will do.
# No home: a user without an entry in /etc/passwd has none, and credentials are only read from where they are named.
ENV NODE_ENV=production \
  HOME=/nonexistent \
  PATH=/nodejs/bin:/usr/local/bin:/usr/bin:/bin
COPY --from=build /app /app
# A base may start in a directory that only its own user may enter; this one is open to any.
WORKDIR /
# A number, so that Kubernetes can see that it is not root. Any other will do as well.
USER 65532:65532
# Where `serve` listens, once its configuration says so.
EXPOSE 9847
STOPSIGNAL SIGTERM
# No HEALTHCHECK: most of the time this is a job that ends by itself; those who run `serve` can ask its /healthz.
ENTRYPOINT ["node", "/app/dist/bin.js"]
CMD ["--help"]
