-- Asks what a file says, over and over: wrk … -s wrk.lua URL -- REQUESTS
-- Each HEAD becomes a GET: wrk waits for the body that the answer to a HEAD announces.
local accept = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
  .. "application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json"
local ready = {}
local turn = 0

function init(arguments)
  for line in io.lines(arguments[1]) do
    local path = line:match("^%S+ (%S+)$")
    local headers = { ["Accept-Encoding"] = "identity" }
    if path:find("/blobs/", 1, true) then headers["Range"] = "bytes=-1" end
    if path:find("/manifests/", 1, true) then
      headers["Accept"] = accept
    end
    ready[#ready + 1] = wrk.format("GET", path, headers)
  end
end

function request()
  turn = turn % #ready + 1
  return ready[turn]
end
