-- One long-lived `pandoc lua` process: one JSON request per line in, one JSON answer per line out.
--
-- Request: {"want": "typst" | "structure" | "version", "text": Markdown, "fold": {character: ASCII}}
-- Answer:  {"ok": true, ...} or {"ok": false, "error": text}

local here = arg[0]:match("^(.*)[/\\][^/\\]*$") or "."
local dialect = dofile(here .. "/dialect.lua")
local print_form = dofile(here .. "/print_form.lua")
local structure = dofile(here .. "/structure.lua")

local answers = {}

function answers.version()
  return { pandoc = tostring(PANDOC_VERSION) }
end

function answers.typst(request)
  return print_form.typeset(dialect.read(request.text), request.fold or {})
end

function answers.structure(request)
  return { blocks = structure.of_blocks(dialect.read(request.text).blocks) }
end

for line in io.lines() do
  local done, answer = pcall(function()
    local request = pandoc.json.decode(line, false)
    return answers[request.want](request)
  end)
  if done then
    answer.ok = true
  else
    answer = { ok = false, error = tostring(answer) }
  end
  io.write(pandoc.json.encode(answer), "\n")
  io.flush()
end
