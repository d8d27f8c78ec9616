#!/bin/sh
# What people run who have no such program: for each tag the manifest, for each child a HEAD, one curl after the other.
#
#   shell-probe.sh URL TAGS     TAGS is a file of lines "repository tag"
set -eu
accept='Accept: application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json'
while read -r repository tag; do
  manifest=$(curl -sf -H "$accept" "$1/v2/$repository/manifests/$tag")
  for digest in $(printf %s "$manifest" | jq -r '.manifests[]?.digest'); do
    status=$(curl -s -o /dev/null -w '%{http_code}' -I -H "$accept" "$1/v2/$repository/manifests/$digest")
    [ "$status" = 200 ] || { echo "$repository:$tag $digest $status" >&2; exit 1; }
  done
done <"$2"
